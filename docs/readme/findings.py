"""Fill README's table of what is found on the real files, from a published file.

    .venv/bin/python docs/readme/findings.py warehouse/kaggle.duckdb

What a row says is chosen by the figures: where they can't tell, it says so.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bank_marketing.serving.opened import Opened, Row
from bank_marketing.web.evidence import evidence
from bank_marketing.web.words import MINUS, between, money, number

README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- findings: docs/readme/findings.py -->\n", "<!-- end of findings -->"
HEADING = ("question", "finding", "figure (95 % interval)", "evidence")


def _points(value: float) -> str:
    return f"{100 * value:+.1f}".replace("-", MINUS)


def _percent(row: Row, name: str = "value") -> str:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return f"{100 * row[name]:.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def channels(opened: Opened) -> tuple[str, ...]:
    """Say whether a channel changes who converts."""
    rows = opened.rows("""
        select
            arm, difference, difference_joint_low as low, difference_joint_high as high,
            is_distinguishable, smallest_detectable_difference as seen, evidence
        from warehouse.campaigns.campaign_impact
        where dimension = 'campaign_channel' and against = 'the rest'
        order by is_distinguishable desc, abs(difference) desc, arm
    """)
    first, seen = rows[0], max(row["seen"] for row in rows)
    says = "Among alike customers no channel can be told from the others;"
    says += f" {100 * seen:.1f} points would have been seen"
    if first["is_distinguishable"]:
        says = f"Among alike customers {first['arm']} differs most from the other channels"
    figure = f"{first['arm']} {_points(first['difference'])} points"
    figure += f" ({_points(first['low'])} to {_points(first['high'])})"
    sure = evidence(first["evidence"], first["is_distinguishable"])
    return "Does the channel matter?", says, figure, sure.word


def segments(opened: Opened) -> tuple[str, ...]:
    """Say which segment converts least, and whether segments are more than rules."""
    (row,) = opened.rows("""
        select segment_name, value, value_low, value_high, population_value, is_distinguishable, evidence
        from warehouse.campaigns.campaign_segment_profiles where trait = 'conversion_rate'
        order by is_distinguishable desc, value, segment_name limit 1
    """)
    (found,) = opened.rows("""
        select distinct verdict from warehouse.evaluation.segment_diagnostics where domain = 'campaigns'
    """)
    kind = (
        "No natural groups; of those by rule," if found["verdict"] == "no_natural_clusters" else "Of groups,"
    )
    whole = f"{100 * row['population_value']:.1f} %"
    says = f"{kind} “{row['segment_name']}” convert least (all customers: {whole})"
    sure = evidence(row["evidence"], row["is_distinguishable"])
    return "Are there kinds of customers?", says, _percent(row), sure.word


def conversion(opened: Opened) -> tuple[str, ...]:
    """Say how well conversion is foretold, beside the simplest model and of the newest customers."""
    rows = opened.rows("""
        select split || ' ' || metric as name, value, value_low, value_high
        from warehouse.evaluation.model_metrics
        where model_name = 'conversion_before_contact' and starts_with(metric, 'roc_auc')
        qualify model_version = max(model_version) over ()
    """)
    by = {row["name"]: row for row in rows}
    own, newest = by["cross_validation roc_auc"], by["forward roc_auc"]
    simple = by["cross_validation roc_auc_of_logistic_regression"]
    says = f"ROC AUC of customers whom the model hadn't seen; logistic regression has {simple['value']:.2f}"
    if newest["value_high"] < own["value_low"]:
        says += f". Of the newest customers it is {newest['value']:.2f}: their outcome follows something else"
    figure = f"{own['value']:.2f} ({own['value_low']:.2f} to {own['value_high']:.2f})"
    return "Who will convert, before contact?", says, figure, evidence("descriptive").word


def policies(opened: Opened) -> tuple[str, ...]:
    """Say whether one campaign for all, or choosing by customer, earns more than the present mix."""
    (best,) = opened.rows("""
        select
            best_single_campaign as name, gain_usd, gain_usd_low, gain_usd_high, is_distinguishable,
            evidence
        from warehouse.campaigns.personalisation_value
        where chosen = 'campaign type' and policy = 'best single campaign'
    """)
    others = opened.rows("""
        select chosen from warehouse.campaigns.personalisation_value
        where policy = 'by customer' and against = 'best single campaign' and is_distinguishable
    """)
    says = f"{best['name']} for all against the present mix, the value of a conversion being assumed;"
    says += " choosing by customer" + (" adds to it" if others else " can't be told to add to it")
    figure = f"{money(best['gain_usd'])} a customer"
    figure += f" ({between(best['gain_usd_low'], best['gain_usd_high'], 'money')})"
    sure = evidence(best["evidence"], best["is_distinguishable"])
    return "Which campaign earns most?", says, figure, sure.word


def retention(opened: Opened) -> tuple[str, ...]:
    """Say how much sooner inactive customers leave; from 50 to 69 another term comes on top."""
    (row,) = opened.rows("""
        select value, value_low, value_high, is_distinguishable, evidence
        from warehouse.evaluation.feature_effects
        where model_name = 'retention' and kind = 'hazard_ratio' and feature = 'is_inactive'
        qualify model_version = max(model_version) over ()
    """)
    way = "sooner" if row["value"] > 1 else "later"
    says = f"Of customers below 50, those who aren't active leave {way}, other traits alike (hazard ratio)"
    figure = f"{number(row['value'])} ({between(row['value_low'], row['value_high'])})"
    sure = evidence(row["evidence"], row["is_distinguishable"])
    return "Who leaves?", says, figure, sure.word


def value(opened: Opened) -> tuple[str, ...]:
    """Say how much of later revenue the tenth holds that was expected to buy most."""
    rows = opened.rows("""
        select candidate, value, value_low, value_high from warehouse.sales.value_model_evaluation
        where split = 'cross_validation' and group_name = 'all' and metric = 'top_tenth_share'
            and candidate in (
                'past_spend', (select any_value(method) from warehouse.sales.customer_lifetime_values)
            )
    """)
    past = next(row for row in rows if row["candidate"] == "past_spend")
    own = next((row for row in rows if row["candidate"] != "past_spend"), past)
    says = "The tenth of customers of whom most is expected brought this share of later revenue;"
    says += f" the tenth that had spent most, {_percent(past)}"
    return "Who will be worth most?", says, _percent(own), evidence("descriptive").word


ROWS: tuple[Callable[[Opened], tuple[str, ...]], ...] = (
    *(channels, segments, conversion),
    *(policies, retention, value),
)


def table(published: Path) -> str:
    """Return the table of a published file, in Markdown."""
    opened = Opened(published, datetime.now(UTC).date())
    rows = [HEADING, ("---",) * len(HEADING), *(row(opened) for row in ROWS)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in rows)


def shown() -> tuple[str, str, str]:
    """Return what stands in README before, in and behind the table."""
    before, found, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    inside, closed, after = rest.partition(END)
    if not found or not closed:
        raise SystemExit(f"{README.name}: {BEGIN.strip()} and {END} aren't there; the table goes between.")
    return before + found, inside, closed + after


if __name__ == "__main__":
    before, _, after = shown()
    README.write_text(before + table(Path(sys.argv[1])) + after, encoding="utf-8")
