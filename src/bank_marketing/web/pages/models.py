"""What the models are worth: metrics beside simpler ones, calibration, fairness, drift, cards, versions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bank_marketing.serving.opened import Opened, Row
from bank_marketing.web import charts
from bank_marketing.web.asked import Asked
from bank_marketing.web.cards import Card
from bank_marketing.web.evidence import evidence
from bank_marketing.web.figures import Figure
from bank_marketing.web.limits import Limit, judged, read_limits
from bank_marketing.web.page import Page
from bank_marketing.web.pages.list_fairness import list_fairness
from bank_marketing.web.tables import Column, Table, estimate
from bank_marketing.web.words import (
    between,
    capital,
    counted,
    metric,
    percent,
    text,
    without_customers,
)

NEWEST = "qualify row_number() over (partition by domain, model_name order by model_version desc) = 1"
# How a calibration curve was made, in the words of its finding.
SPLITS = {"cross_validation": "by cross-validation", "forward": "of the newest customers"}


def names(opened: Opened, _asked: Asked) -> list[str]:
    """Return the models that have metrics, the ones with curves first."""
    rows = opened.rows("""
        select
            model_name,
            bool_or(
                model_name in (select model_name from warehouse.evaluation.calibration_curves)
            ) as has_curves
        from warehouse.evaluation.model_metrics group by model_name order by has_curves desc, model_name
    """)
    return [row["model_name"] for row in rows]


def chosen(opened: Opened, asked: Asked) -> str:
    """Return the model that was asked for."""
    known = names(opened, asked)
    return asked.choice("model", known, "retention" if "retention" in known else next(iter(known), ""))


def health(opened: Opened, _asked: Asked) -> list[Card]:
    """Return a card for each model with a metric that is known by everybody."""
    limits = read_limits(opened)
    rows = opened.rows("""
        with
            known as (
                select * from warehouse.evaluation.model_metrics
                where metric in ('roc_auc', 'gini', 'held_out_r2_gained')
                qualify model_version = max(model_version) over (partition by domain, model_name)
            ),
            own as (
                select * from known where split <> 'forward'
                qualify row_number() over (
                    partition by domain, model_name order by metric = 'roc_auc' desc, split
                ) = 1
            ),
            newest as (
                select
                    domain, model_name, metric, value as newest, value_low as newest_low,
                    value_high as newest_high
                from known where split = 'forward'
            )
        select * from own left join newest using (domain, model_name, metric) order by domain, model_name
    """)
    return [
        Card(
            f"{capital(text(row['model_name']))}: {text(row['metric'])}",
            row["value"],
            "metric",
            interval=between(row["value_low"], row["value_high"], "metric"),
            note=f"{counted(row['n'], 'customer')} whom the model hadn't seen{_newest(row, limits)}",
            judgement=judged(row["metric"], row["value"], limits),
            link=f"?model={row['model_name']}#metrics",
        )
        for row in rows
    ]


def _newest(row: Row, limits: Sequence[Limit]) -> str:
    """Return the same figure of the newest customers, by a model of the others; nothing where none is."""
    if row["newest"] is None:
        return ""
    word = judged(row["metric"], row["newest"], limits).word
    said = f"{metric(row['newest'])} ({between(row['newest_low'], row['newest_high'], 'metric')})"
    return f"; of the newest {said}{word and f', {word}'}"


def metrics(opened: Opened, asked: Asked) -> Table:
    """Return the metrics of the model, each beside the same of its simplest candidate."""
    limits, model = read_limits(opened), chosen(opened, asked)
    rows = opened.rows(
        """
        with
            newest as (
                select * from warehouse.evaluation.model_metrics
                where model_name = $model
                qualify model_version = max(model_version) over ()
            ),
            baselines as (
                select
                    split, split_part(metric, '_of_', 1) as of, split_part(metric, '_of_', 2) as candidate,
                    value
                from newest where contains(metric, '_of_')
                -- Of candidates the simplest: regressions before trees.
                qualify row_number() over (
                    partition by split, of order by not contains(candidate, 'regression'), candidate
                ) = 1
            )
        select
            newest.metric, newest.split, newest.value, newest.value_low, newest.value_high, newest.n,
            baselines.candidate as baseline, baselines.value as baseline_value
        from newest left join baselines on newest.metric = baselines.of and newest.split = baselines.split
        where not exists (
            select 1 from baselines where starts_with(newest.metric, baselines.of || '_of_')
        )
        order by newest.split, newest.metric
        """,
        {"model": model},
    )
    for row in rows:
        row["judgement"] = judged(row["metric"], row["value"], limits).word
    return Table(
        name="metrics",
        title=f"How good is {text(model)}?",
        rows=rows,
        columns=(
            Column("metric"),
            Column("split", "Judged by", is_filter=True),
            estimate("value", kind="metric"),
            *([Column("judgement", kind="judgement")] if limits else []),
            Column("baseline"),
            Column("baseline_value", "Its value", "metric"),
            Column("n", "Customers", "number"),
        ),
        source="evaluation.model_metrics",
        asked=asked,
        note="All of customers whom the model hadn't seen. Forward: the newest, by a model of the others.",
    )


def calibration(opened: Opened, asked: Asked) -> Figure:
    """Return what came of the scores beside what they said."""
    rows = opened.rows(
        """
        select split, predicted, observed, observed_low, observed_high, n
        from warehouse.evaluation.calibration_curves
        where model_name = $model and split in ('cross_validation', 'forward')
        qualify model_version = max(model_version) over ()
        order by split, bin
        """,
        {"model": chosen(opened, asked)},
    )
    said = [
        f"{word} in {sum(groups)} of {counted(len(groups), 'group')} by score"
        for split, word in SPLITS.items()
        if (groups := [_agrees(row) for row in rows if row["split"] == split])
    ]
    finding = "This model has no calibration curve."
    if said:
        finding = f"What happened agrees with what was predicted {'; '.join(said)}."
    return Figure(
        name="calibration",
        finding=finding,
        rows=rows,
        columns=(
            Column("split", "Judged by"),
            Column("predicted", kind="percent"),
            estimate("observed", kind="percent"),
            Column("n", "Customers", "number"),
        ),
        chart=charts.calibration("predicted", "observed", series="split"),
        unit="share to whom it happened, by group of the score",
        source="evaluation.calibration_curves",
        evidence=evidence("descriptive"),
        note="On the dashed line both agree.",
        height=340,
        empty="Only models that give a probability have one.",
    )


def _agrees(row: Row) -> bool:
    return bool(row["observed_low"] <= row["predicted"] <= row["observed_high"])


def gains(opened: Opened, asked: Asked) -> Figure:
    """Return how much oftener it happens in each tenth by score."""
    rows = opened.rows(
        """
        select decile, customers, events, rate, rate_low, rate_high, lift, cumulative_gain
        from warehouse.evaluation.lift_by_decile
        where model_name = $model
        qualify model_version = max(model_version) over ()
        order by decile
        """,
        {"model": chosen(opened, asked)},
    )
    finding = "This model sorts nobody into tenths."
    if rows:
        finding = (
            f"Of the tenth with the highest scores it happened to {percent(rows[0]['rate'], 0)}, of the"
            f" lowest to {percent(rows[-1]['rate'], 0)}."
        )
    return Figure(
        name="gains",
        finding=finding,
        rows=rows,
        columns=(
            Column("decile", "Tenth", "number"),
            Column("customers", kind="number"),
            estimate("rate", kind="percent"),
            Column("lift", kind="number"),
            Column("cumulative_gain", "Found so far", "percent"),
        ),
        chart=charts.bars(
            "decile",
            "rate",
            "share to whom it happened",
            form=charts.PERCENT,
            has_interval=True,
        ),
        unit="share to whom it happened, by tenth of the score, highest first",
        source="evaluation.lift_by_decile",
        evidence=evidence("descriptive"),
        height=340,
        empty="Only models that give a probability do.",
    )


def fairness(opened: Opened, asked: Asked) -> Figure:
    """Return whether groups of people are selected alike."""
    rows = opened.rows(
        """
        select
            replace(group_name, '_', ' ') || ': ' || group_value as name, measure, n, value, rest_value,
            difference, difference_low, difference_high, is_distinguishable, evidence
        from warehouse.evaluation.model_fairness
        where model_name = $model and measure = 'selection_rate' and selection_rule = 'top_decile'
        qualify model_version = max(model_version) over ()
        order by group_name, difference desc, group_value
        """,
        {"model": chosen(opened, asked)},
    )
    told = sum(bool(row["is_distinguishable"]) for row in rows)
    finding = "No groups of people are compared for this model."
    if rows:
        are = "is" if told == 1 else "are"
        finding = f"{told} of {counted(len(rows), 'group')} {are} selected more or less often than the rest."
    return Figure(
        name="fairness",
        finding=finding,
        rows=rows,
        columns=(
            Column("name", "Group"),
            Column("n", "Customers", "number"),
            Column("value", "Selected", "percent"),
            Column("rest_value", "Of the rest", "percent"),
            estimate("difference", kind="percent"),
            Column("evidence", kind="evidence"),
        ),
        chart=charts.points(
            "name",
            "difference",
            "difference, percentage points",
            form=charts.POINTS,
            told_apart="is_distinguishable",
            reference=0,
        ),
        unit="difference to the rest in who is in the highest tenth",
        source="evaluation.model_fairness",
        evidence=evidence("descriptive", told > 0),
        note="Hollow points may be chance. A difference says nothing of its cause.",
        height=60 + 30 * len(rows),
        is_whole=True,
        empty="Models that select nobody have none.",
    )


def drift(opened: Opened, asked: Asked) -> Table:
    """Return whether customers and outcomes have changed since the models were fitted."""
    rows = opened.rows("""
        select
            domain, subject, kind, value, threshold, n_reference, n, message,
            case
                when needs_action then 'act' when is_drifting then 'drifting'
                when is_drifting is null then 'not compared yet' else 'stable'
            end as state
        from warehouse.operations.drift_monitor
        order by coalesce(needs_action, false) desc, coalesce(is_drifting, false) desc, domain, subject
    """)
    rows = [row | {"message": without_customers(row["message"])} for row in rows]
    return Table(
        name="drift",
        title="Have customers or outcomes changed?",
        rows=rows,
        columns=(
            Column("domain", is_filter=True),
            Column("subject"),
            Column("state", is_filter=True),
            Column("value", "Distance", "number"),
            Column("threshold", "Acted on from", "number"),
            Column("message", "What was found"),
        ),
        source="operations.drift_monitor",
        asked=asked,
        rows_a_page=10,
    )


def versions(opened: Opened, asked: Asked) -> Table:
    """Return every fitted version."""
    rows = opened.rows("""
        select domain, model_name, model_version, status, fitted_at, depth, n, code_version
        from warehouse.evaluation.model_registry order by fitted_at desc, model_name
    """)
    return Table(
        name="versions",
        title="Every fitted version",
        rows=rows,
        columns=(
            Column("model_name", "Model"),
            Column("domain", is_filter=True),
            Column("model_version", "Version", "number"),
            Column("status", is_filter=True),
            Column("fitted_at", "Fitted", "date"),
            Column("depth"),
            Column("n", "Rows", "number"),
        ),
        source="evaluation.model_registry",
        asked=asked,
        rows_a_page=20,
    )


def cards(opened: Opened, _asked: Asked) -> list[dict[str, Any]]:
    """Return the card of the newest version of each model, in paragraphs and points."""
    rows = opened.rows(f"""
        select domain, model_name, model_version, status, fitted_at, depth, n, card
        from warehouse.evaluation.model_registry
        {NEWEST}
        order by domain, model_name
    """)
    return [row | {"blocks": blocks(row["card"] or "No card.")} for row in rows]


def blocks(card: str) -> list[tuple[str, list[str]]]:
    """Return the parts of a card: its kind (heading, points, text) and its lines."""
    found: list[tuple[str, list[str]]] = []
    for part in card.split("\n\n"):
        lines = [line for line in part.split("\n") if line.strip()]
        if not lines:
            continue
        if lines[0].startswith("#"):
            found.append(("heading", [lines.pop(0).lstrip("# ")]))
        points = [line.removeprefix("- ") for line in lines if line.startswith("- ")]
        said = [line for line in lines if not line.startswith("- ")]
        found += [(kind, kept) for kind, kept in (("text", said), ("points", points)) if kept]
    return found


PAGE = Page(
    name="models",
    path="/models",
    title="Models",
    questions=(
        "How good are the models, and better than something simpler?",
        "Can their chances be taken at their word, for everybody alike?",
        "Are they still of the customers of today?",
    ),
    reading=(
        "Every metric is of customers whom the model hadn't seen, with its interval, and judged by the"
        " limits that are stated for it: good, fair, poor, or too good to be true. The baseline is the"
        " simplest candidate of the same fit. Calibration asks whether chances can be taken at their word;"
        " fairness, whether groups of people are selected alike. A model that had insufficient data says so"
        " and scores nobody."
    ),
    parts={
        "health": health,
        "names": names,
        "metrics": metrics,
        "calibration": calibration,
        "gains": gains,
        "fairness": fairness,
        "list_fairness": list_fairness,
        "drift": drift,
        "cards": cards,
        "versions": versions,
    },
)
