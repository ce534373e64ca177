"""Who leaves, when, what drives it, and whom to call."""

from __future__ import annotations

import re
from dataclasses import replace

from bank_marketing.churn.retention_terms import main_effects
from bank_marketing.serving.opened import Opened, Row
from bank_marketing.web import charts
from bank_marketing.web.asked import Asked
from bank_marketing.web.evidence import and_others, evidence
from bank_marketing.web.figures import Figure
from bank_marketing.web.page import Page
from bank_marketing.web.pages import this_week
from bank_marketing.web.pages.one_customer import HAVING_LEFT
from bank_marketing.web.tables import Column, Table, estimate
from bank_marketing.web.words import between, money, number, percent, text

COHORTS = {
    "products": "products",
    "country": "country",
    "age_band": "age",
    "activity": "activity",
    "all": "all",
}
# Of a cohort, so that a finding of it means something.
FEWEST_SEEN = 30


def cohorts(_opened: Opened, asked: Asked) -> dict[str, object]:
    """Return by what customers may be told apart, and what is asked for."""
    return {"names": COHORTS, "chosen": cohort(asked)}


def cohort(asked: Asked) -> str:
    """Return by what customers are told apart."""
    return asked.choice("cohort", list(COHORTS), next(iter(COHORTS)))


def survival(opened: Opened, asked: Asked) -> Figure:
    """Return how many stay for how long, by cohort, with bands."""
    name = cohort(asked)
    rows = opened.rows(
        """
        select group_value, year, survival, survival_low, survival_high, at_risk
        from warehouse.churn.churn_survival_curves
        where group_name = $name
        order by group_value, year
        """,
        {"name": name},
    )
    finding, is_told = _survival_finding(rows, name)
    return Figure(
        name="survival",
        finding=finding,
        rows=[{**row, "group_value": _said(row["group_value"], name)} for row in rows],
        columns=(
            Column("group_value", COHORTS[name].capitalize()),
            Column("year", "Years", "number"),
            estimate("survival", "Still there", "percent"),
            Column("at_risk", "Customers seen for so long", "number"),
        ),
        chart=charts.lines(
            "year",
            "survival",
            "still customers",
            along_title="years since they came",
            form=charts.PERCENT,
            low="survival_low",
            high="survival_high",
            series="group_value" if name != "all" else "",
            is_step=True,
        ),
        unit="share that stays at least so long",
        interval="95 % band",
        source="churn.churn_survival_curves",
        evidence=evidence("descriptive", is_told),
        note="Kaplan-Meier: customers who are still there count for as long as they were seen.",
        height=320,
        empty="There are no survival curves of this cohort.",
    )


def _said(value: str, name: str) -> str:
    return f"{value} product{'' if value == '1' else 's'}" if name == "products" else text(value)


def _survival_finding(rows: list[Row], name: str) -> tuple[str, bool]:
    """Return the finding, and whether it tells anything."""
    if not rows:
        return "How long customers stay isn't known.", False
    groups = {row["group_value"] for row in rows}
    seen = [row for row in rows if row["at_risk"] >= FEWEST_SEEN]
    years = {row["year"] for row in seen}
    whole = [year for year in years if sum(row["year"] == year for row in seen) == len(groups)]
    if not whole:
        return "Too few customers were seen for long to tell how long they stay.", False
    until = max(whole)
    ordered = sorted((row for row in seen if row["year"] == until), key=lambda row: row["survival"])
    if len(ordered) == 1:
        return f"{percent(ordered[0]['survival'], 0)} of customers are still there after {until} years.", True
    low, high = ordered[0], ordered[-1]
    if low["survival_high"] >= high["survival_low"]:
        return f"After {until} years the cohorts can't be told apart.", False
    finding = (
        f"After {until} years {percent(low['survival'], 0)} of “{_said(low['group_value'], name)}” are"
        f" still there, of “{_said(high['group_value'], name)}” {percent(high['survival'], 0)}."
    )
    return finding, True


def rates(opened: Opened, _asked: Asked) -> Figure:
    """Return how many of each cohort have left."""
    rows = opened.rows("""
        select
            group_name, group_value, customers, exits, exit_rate, exit_rate_low, exit_rate_high,
            p_value_corrected, is_distinguishable, evidence
        from warehouse.churn.churn_cohorts
        where group_name <> 'all'
        order by exit_rate desc, group_name, group_value
    """)
    (whole,) = opened.rows(
        "select any_value(exit_rate) as rate from warehouse.churn.churn_cohorts where group_name = 'all'"
    )
    rows = [{**row, "cohort": _cohort(row)} for row in rows]
    told = [row for row in rows if row["is_distinguishable"] and row["exit_rate"] > whole["rate"]]
    finding = "No cohort can be told to leave more than the others." if rows else "No cohort is known."
    if told:
        finding = (
            f"“{told[0]['cohort']}” leaves most: {percent(told[0]['exit_rate'], 0)} have left, of all"
            f" customers {percent(whole['rate'], 0)}{and_others(told[0], told, 'exit_rate')}."
        )
    return Figure(
        name="rates",
        finding=finding,
        rows=rows,
        columns=(
            Column("cohort"),
            Column("customers", kind="number"),
            Column("exits", "Have left", "number"),
            estimate("exit_rate", "Share", "percent"),
            Column("evidence", kind="evidence"),
        ),
        chart=charts.points(
            "cohort",
            "exit_rate",
            "share that has left",
            form=charts.PERCENT,
            told_apart="is_distinguishable",
            reference=whole["rate"],
        ),
        unit="share that has left; dashed: all customers",
        source="churn.churn_cohorts",
        evidence=evidence("descriptive", bool(told)),
        height=40 + 27 * max(len(rows), 3),
    )


def _cohort(row: Row) -> str:
    if row["group_name"] == "age_band":
        return f"age {row['group_value']}"
    return _said(row["group_value"], row["group_name"])


def drivers(opened: Opened, _asked: Asked) -> Figure:
    """Return what goes with leaving sooner, other traits alike."""
    rows = opened.rows("""
        select feature, value, value_low, value_high, is_distinguishable, evidence, model_version
        from warehouse.evaluation.feature_effects
        where domain = 'churn' and model_name = 'retention' and kind = 'hazard_ratio'
        qualify model_version = max(model_version) over ()
        order by value desc, feature
    """)
    rows = [{**row, "trait": _trait(row["feature"])} for row in rows]
    # What another trait comes on top of isn't the ratio of everybody who has it.
    combined = {
        part for row in rows if (parts := main_effects(row["feature"])) for part in (row["feature"], *parts)
    }
    told = [row for row in rows if row["is_distinguishable"] and row["feature"] not in combined]
    finding = "No trait by itself can be told from chance to go with leaving sooner or later."
    if told:
        alone = [_how_far(row) for row in told]
        top = max(alone, key=lambda row: row["far"])
        way = "leaving sooner" if top["value"] >= 1 else "staying longer"
        interval = between(top["value_low"], top["value_high"])
        finding = (
            f"“{top['trait']}” goes furthest with {way}, of traits that stand alone: hazard ratio"
            f" {number(top['value'])} ({interval}){and_others(top, alone, 'far')}."
        )
    return Figure(
        name="drivers",
        finding=finding,
        rows=rows,
        columns=(
            Column("trait"),
            estimate("value", "Hazard ratio", "number"),
            Column("is_distinguishable", "Told from chance", "truth"),
            Column("evidence", kind="evidence"),
        ),
        chart=charts.points(
            "trait",
            "value",
            "hazard ratio (log scale)",
            told_apart="is_distinguishable",
            reference=1,
            is_ratio=True,
        ),
        unit="hazard ratio: how many times sooner, other traits alike; “on top” multiplies with both",
        source="evaluation.feature_effects",
        evidence=evidence(rows[0]["evidence"] if rows else None, bool(told)),
        note="Ages are compared with under 35, products with one. Hollow points can't be told from chance."
        " What goes with leaving need not be its cause.",
        height=60 + 29 * max(len(rows), 3),
    )


def _how_far(row: Row) -> Row:
    """Return a row with how far its ratio is from 1: half is as far as twice."""
    low, far, high = (row[f"value{end}"] for end in ("_low", "", "_high"))
    if far < 1:
        low, far, high = 1 / high, 1 / far, 1 / low
    return {**row, "far": far, "far_low": low, "far_high": high}


def _trait(feature: str) -> str:
    said = re.sub(r"country (\w+)", lambda found: found[1].capitalize(), text(feature))
    said = re.sub(r"products (\d(?: or more)?)", r"\1 products", said)
    return f"{said} (on top)" if main_effects(feature) else said


def thresholds(opened: Opened, _asked: Asked) -> Figure:
    """Return what calling everybody from some chance on would bring."""
    rows = opened.rows("""
        select
            threshold, action, calls, cost, expected_net_gain, expected_net_gain_low, expected_net_gain_high,
            alert_precision, alert_precision_low, alert_precision_high,
            alert_recall, alert_recall_low, alert_recall_high, is_best
        from warehouse.churn.churn_alert_thresholds
        order by threshold
    """)
    best = next((row for row in rows if row["is_best"]), None)
    currency = _currency(opened)
    finding = "No threshold is worth its calls."
    if best:
        spread = between(best["expected_net_gain_low"], best["expected_net_gain_high"], "money", currency)
        finding = (
            f"Calls pay from a chance of having left of {percent(best['threshold'], 0)} on:"
            f" {best['calls']:,} calls would bring {money(best['expected_net_gain'], currency)} ({spread})."
        )
    return Figure(
        name="thresholds",
        finding=finding,
        rows=rows,
        columns=(
            Column("threshold", f"{HAVING_LEFT} from which on to call", "percent"),
            Column("calls", kind="number"),
            Column("cost", kind="money", currency=currency),
            estimate("expected_net_gain", "Expected net gain", "money", currency),
            estimate("alert_precision", "Of them have left", "percent"),
            estimate("alert_recall", "Of all who left are found", "percent"),
        ),
        chart=charts.lines(
            "threshold",
            "expected_net_gain",
            "expected net gain",
            along_title="chance of having left from which on to call",
            along_form=charts.PERCENT,
            low="expected_net_gain_low",
            high="expected_net_gain_high",
            marks=[best["threshold"]] if best else (),
        ),
        unit="expected net gain"
        + (", no currency in the file" if currency == "unknown" else f", {currency}"),
        interval="95 % band",
        source="churn.churn_alert_thresholds",
        evidence=evidence("assumed"),
        note="If all of them could be called; this week's calls are fewer. What a call changes is assumed.",
        height=300,
    )


def _currency(opened: Opened) -> str:
    rows = opened.rows("select any_value(currency) as currency from warehouse.churn.churn_customers")
    return rows[0]["currency"] or "unknown"


def uplift(opened: Opened, asked: Asked) -> Table:
    """Return what calls have changed, as the held-out customers show it."""
    return Table(
        name="uplift",
        title="What calls have changed",
        rows=opened.rows(
            "select * from warehouse.churn.retention_uplift order by outcome_kind, measure, group_name,"
            " group_value"
        ),
        columns=(
            Column("measure"),
            Column("group_value", "Group"),
            Column("treated", "Called", "number"),
            Column("control", "Held out", "number"),
            estimate("value"),
            Column("evidence", kind="evidence"),
            Column("message"),
        ),
        source="churn.retention_uplift",
        asked=asked,
        empty="Can't be told yet: no outcomes of calls and held-out customers are in. Until then what a call"
        " changes is an assumption.",
    )


def calls(opened: Opened, asked: Asked) -> Table:
    """Return the whole call list, a screen at once."""
    return replace(this_week.calls(opened, asked), title="The call list", rows_a_page=12)


PAGE = Page(
    name="retention",
    path="/retention",
    title="Retention",
    domain="churn",
    questions=(
        "Who leaves, and when?",
        "What goes with leaving?",
        "Whom do we call first, and what about?",
    ),
    reading=(
        "A curve falls where customers leave; where bands don't overlap, cohorts differ by more than chance."
        " A hazard ratio of 2 says that such customers leave twice as soon as others who are alike in"
        " everything else that is known; one that comes “on top” multiplies with those of its two"
        " traits, which alone hold for whoever has only one of them. The download of the call list holds what"
        " the filters show, with all columns."
    ),
    parts={
        "cohorts": cohorts,
        "survival": survival,
        "rates": rates,
        "drivers": drivers,
        "retention_call_list": calls,
        "thresholds": thresholds,
        "weeks": this_week.weeks,
        "uplift": uplift,
    },
)
