"""What marketing spend brings, by the marketing mix model: channels, next dollars, splits, a month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from bank_marketing.errors import UserError
from bank_marketing.serving.opened import Opened, Row
from bank_marketing.serving.roi import MOST_SPEND, predict_month
from bank_marketing.web import charts
from bank_marketing.web.asked import Asked
from bank_marketing.web.cards import Card
from bank_marketing.web.evidence import UNKNOWN, Evidence, evidence
from bank_marketing.web.figures import Figure
from bank_marketing.web.tables import Column, Table, estimate
from bank_marketing.web.words import between, money, number, text

CHANNELS = ("online", "offline")
# As the model's verdict has it; by any other its figures may be used, with care.
NOTHING_SAID = ("says nothing", "not fitted")
SCENARIOS = {
    "as_spent": "as it was spent",
    "best_split": "same budget, best split",
    "cut_10": "a tenth less",
    "cut_25": "a quarter less",
    "cut_50": "half of it",
}


def how_sure(rows: Sequence[Row]) -> Evidence:
    """Return the evidence of figures of the mix model, by its verdict."""
    is_told = bool(rows) and rows[0]["verdict"] not in NOTHING_SAID
    return evidence("adjusted" if is_told else UNKNOWN)


def is_told(rows: Sequence[Row]) -> bool:
    """Tell whether the mix model says anything."""
    return how_sure(rows).word != UNKNOWN


def channels(opened: Opened, _asked: Asked) -> list[Card]:
    """Return what a dollar brought, by channel."""
    rows = opened.rows("""
        select channel, spend_usd, return_per_usd, return_per_usd_low, return_per_usd_high, verdict
        from warehouse.sales.marketing_roi_by_channel
        where channel in ('online', 'offline')
        order by channel desc
    """)
    return [
        Card(
            f"Revenue per dollar, {row['channel']}",
            row["return_per_usd"],
            "money",
            interval=between(row["return_per_usd_low"], row["return_per_usd_high"], "money"),
            note=f"of {money(row['spend_usd'])} spent; below $1 the spend exceeds the revenue it brings",
            evidence=how_sure([row]),
            link="#response",
        )
        for row in rows
    ]


def response(opened: Opened, _asked: Asked) -> Figure:
    """Return what a day's spend brings, within what was seen."""
    rows = opened.rows("""
        select
            channel, spend_usd_a_day, net_revenue_usd_a_day, net_revenue_usd_a_day_low,
            net_revenue_usd_a_day_high, return_of_next_usd, return_of_next_usd_low, return_of_next_usd_high,
            verdict
        from warehouse.sales.marketing_response_curves
        where not is_extrapolated
        order by channel desc, spend_usd_a_day
    """)
    return Figure(
        name="response",
        finding=_response_finding(rows, _usual_day(opened)),
        rows=rows,
        columns=(
            Column("channel"),
            Column("spend_usd_a_day", "Spend a day", "money"),
            estimate("net_revenue_usd_a_day", "Net revenue a day", "money"),
            estimate("return_of_next_usd", "The next dollar brings", "money"),
        ),
        chart=charts.lines(
            "spend_usd_a_day",
            "net_revenue_usd_a_day",
            "net revenue a day, USD",
            along_title="spend a day, USD",
            form=charts.MONEY,
            along_form=charts.MONEY,
            low="net_revenue_usd_a_day_low",
            high="net_revenue_usd_a_day_high",
            series="channel",
        ),
        unit="net revenue a day by spend a day, USD",
        interval="95 % band",
        source="sales.marketing_response_curves",
        evidence=how_sure(rows),
        note="Only spends that were seen are drawn.",
        height=320,
        empty="No response to spend was fitted.",
    )


def _usual_day(opened: Opened) -> dict[str, float]:
    (row,) = opened.rows("""
        select avg(online_spend_usd) as online, avg(offline_spend_usd) as offline
        from warehouse.sales.marketing_spend_daily
    """)
    return {channel: float(row[channel] or 0) for channel in CHANNELS}


def _response_finding(rows: Sequence[Row], usual: dict[str, float]) -> str:
    if not is_told(rows):
        return "What marketing spend brings can't be told from these data."
    said = []
    for channel in CHANNELS:
        of_channel = [row for row in rows if row["channel"] == channel]
        if of_channel:
            at = min(of_channel, key=lambda row: abs(row["spend_usd_a_day"] - usual[channel]))
            interval = between(at["return_of_next_usd_low"], at["return_of_next_usd_high"], "money")
            said.append(f"{money(at['return_of_next_usd'])} {channel} ({interval})")
    return f"At the usual spend, the next dollar brings {', '.join(said)}."


def split(opened: Opened, _asked: Asked) -> Figure:
    """Return what another budget, or another split of it, would change in the next month."""
    rows = opened.rows("""
        select
            scenario, spend_usd, net_revenue_usd, net_revenue_usd_low, net_revenue_usd_high,
            change_usd, change_usd_low, change_usd_high, verdict,
            change_usd_low > 0 or change_usd_high < 0 as is_distinguishable
        from warehouse.sales.marketing_budget_split
        where channel = 'all' and horizon = 'next_month' and scenario <> 'as_spent'
        order by spend_usd desc, scenario
    """)
    rows = [{**row, "scenario": SCENARIOS.get(row["scenario"], text(row["scenario"]))} for row in rows]
    told = [row for row in rows if row["is_distinguishable"]] if is_told(rows) else []
    finding = "No other budget or split can be told apart from going on as before."
    if told:
        most = max(told, key=lambda row: abs(row["change_usd"]))
        interval = between(most["change_usd_low"], most["change_usd_high"], "money")
        finding = (
            f"With “{most['scenario']}”, next month's revenue changes by {money(most['change_usd'])}"
            f" ({interval})."
        )
    return Figure(
        name="split",
        finding=finding,
        rows=rows,
        columns=(
            Column("scenario", "Budget"),
            Column("spend_usd", "Spend", "money"),
            estimate("net_revenue_usd", "Revenue it brings", "money"),
            estimate("change_usd", "Change", "money"),
        ),
        chart=charts.points(
            "scenario",
            "change_usd",
            "change of net revenue, USD",
            form=charts.MONEY,
            told_apart="is_distinguishable",
            reference=0,
        ),
        unit="change of net revenue in the next month against spending as before, USD",
        source="sales.marketing_budget_split",
        evidence=how_sure(told),
        note="By the mix model. What is saved on spend isn't counted in it: see the table.",
        height=60 + 34 * max(len(rows), 3),
        empty="No budgets were compared.",
    )


def plan(opened: Opened, asked: Asked) -> dict[str, Any]:
    """Return what a planned month of spend is expected to bring."""
    (row,) = opened.rows("select max(spend_date) as last from warehouse.sales.marketing_spend_daily")
    if row["last"] is None:
        raise UserError("No marketing spend is known, so no month can be planned.")
    usual = _usual_day(opened)
    following = pd.Period(date.fromisoformat(row["last"]), freq="M") + 1
    month = asked.text("month", str(following))
    stated = {channel: asked.amount(f"spend_{channel}", most=MOST_SPEND) for channel in CHANNELS}
    spend = {
        channel: round(usual[channel] * following.days_in_month, -2) if value is None else value
        for channel, (value, _) in stated.items()
    }
    problems = {channel: problem for channel, (_, problem) in stated.items() if problem}
    found: dict[str, Any] = {
        "month": month,
        "first": str(following),
        "typed": {
            channel: asked.text(f"spend_{channel}") if channel in problems else f"{usd:.0f}"
            for channel, usd in spend.items()
        },
        "problems": problems,
        "message": "",
    }
    if problems:
        said = " ".join(f"Spend {channel}: {problem}" for channel, problem in problems.items())
        return {**found, "message": said}
    try:
        with opened.connection() as connection:
            _, result = predict_month(connection, opened.warehouse, month=month, **spend)
    except UserError as error:
        return {**found, "message": str(error).replace("--", "").replace(f"{opened.warehouse}: ", "")}
    return {**found, "warnings": result["warnings"], "cards": _plan_cards(result, sum(spend.values()))}


def _plan_cards(result: Row, spent: float) -> list[Card]:
    sure = how_sure([result])
    shown = {
        "net_revenue_usd": ("Net revenue of the month", "the range includes the scatter of days"),
        "marketing_revenue_usd": ("Of that, by marketing", f"for {money(spent)} spent"),
        "return_per_usd": ("Revenue per dollar spent", ""),
    }
    return [
        Card(
            label,
            result[name],
            "money",
            interval=between(result[f"{name}_low"], result[f"{name}_high"], "money"),
            note=note,
            evidence=sure,
        )
        for name, (label, note) in shown.items()
        if name in result
    ]


def health(opened: Opened, asked: Asked) -> Table:
    """Return by what the mix model is judged."""
    rows = opened.rows("""
        select check_name, channel, value, value_low, value_high, threshold, is_met, message, verdict
        from warehouse.sales.marketing_mix_health order by is_met, check_name, channel
    """)
    met = sum(bool(row["is_met"]) for row in rows)
    return Table(
        name="health",
        title="May the mix model be used?",
        rows=rows,
        columns=(
            Column("check_name", "Check"),
            Column("channel"),
            Column("is_met", "Met", "truth"),
            estimate("value"),
            Column("message"),
        ),
        source="sales.marketing_mix_health",
        asked=asked,
        note=f"Its verdict: {rows[0]['verdict']}. {number(met)} of {number(len(rows))} checks are met."
        if rows
        else "",
        empty="No mix model was fitted.",
        rows_a_page=8,
    )


PARTS: dict[str, Any] = {
    "channels": channels,
    "response": response,
    "split": split,
    "plan": plan,
    "health": health,
}
