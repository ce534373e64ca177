"""The plan of this week's campaigns, as published or with another budget, by the same code as the build."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

import pandas as pd

from bank_marketing.campaigns.plan_anew import AnotherPlan, Ground, ground, plan_anew
from bank_marketing.campaigns.targets import ACTION
from bank_marketing.errors import UserError
from bank_marketing.serving.opened import Opened, Row, plain
from bank_marketing.web import charts
from bank_marketing.web.asked import Asked
from bank_marketing.web.cards import Card
from bank_marketing.web.evidence import SUMMED, evidence
from bank_marketing.web.figures import Figure
from bank_marketing.web.recent import Recent
from bank_marketing.web.tables import Column, Table, estimate
from bank_marketing.web.words import between, money, percent, said

MOST_USD = 1e12
# More would keep a page waiting.
MOST_OFFERS = 1_000_000
# Multiples of the published budget that are laid side by side.
SHARES = (0.6, 0.8, 1.0, 1.2, 1.4)
KEPT = 40
COLUMNS = (
    Column("budget_usd", "Budget", "money"),
    Column("share", "Of the published", "percent"),
    Column("customers", "Contacts", "number"),
    estimate("expected_profit_usd", "Expected profit", "money"),
    Column("price_of_a_dollar_usd", "A dollar more would earn", "money"),
    Column("share_changed", "Decisions that change", "percent"),
)
_PLANS = WeakKeyDictionary[Opened, Recent]()


def stated(opened: Opened, asked: Asked) -> float | None:
    """Return the budget that was asked for; None for the published plan."""
    budget, _ = asked.amount("budget", most=MOST_USD)
    published = _published(opened)[0]["most_usd"]
    return None if budget is None or budget == published else round(budget)


def _published(opened: Opened) -> list[Row]:
    rows = opened.rows("""
        select * from warehouse.campaigns.budget_plan where week = 1
        order by group_name <> 'all', group_name, group_value
    """)
    if not rows:
        raise UserError("No campaigns are planned.")
    return rows


def another(opened: Opened, budget: float | None) -> AnotherPlan:
    """Return the plan with a budget, made once a publication."""
    recent = _PLANS.setdefault(opened, Recent(KEPT))
    is_changed = budget != _published(opened)[0]["most_usd"]
    of = recent.get(is_changed, lambda: _ground(opened, is_changed))
    return recent.get(("plan", budget), lambda: plan_anew(of, budget))


def _ground(opened: Opened, is_changed: bool) -> Ground:
    (found,) = opened.rows("select count(*) as n from warehouse.campaigns.campaign_offers")
    if found["n"] > MOST_OFFERS:
        raise UserError(
            f"{found['n']:,} offers are too many to plan while a page waits:"
            " bank-marketing what-if --set campaign_budget=... plans them."
        )
    offers = opened.frame("select * from warehouse.campaigns.campaign_offers")
    return ground(offers, pd.DataFrame(_published(opened)), is_changed=is_changed)


def _rows(opened: Opened, budget: float | None) -> list[Row]:
    """Return this week's rows of a plan, that of all first."""
    if budget is None:
        return _published(opened)
    made = another(opened, budget).rows
    return [{name: plain(value) for name, value in row.items()} for row in made]


def _listed(opened: Opened) -> list[Row]:
    return opened.rows(
        f"select customer_id, {', '.join(ACTION)} from warehouse.campaigns.campaign_target_list"
    )


def _changes(listed: Sequence[Row], plan: AnotherPlan) -> dict[str, int]:
    """Count who would enter, leave, get another campaign and stay as published."""
    before, after = (
        {row["customer_id"]: tuple(row[name] for name in ACTION) for row in one}
        for one in (listed, plan.chosen.to_dict("records"))
    )
    both = before.keys() & after.keys()
    moved = sum(before[customer] != after[customer] for customer in both)
    return {
        "enter": len(after) - len(both),
        "leave": len(before) - len(both),
        "move": moved,
        "stay": len(both) - moved,
    }


def budget(opened: Opened, asked: Asked) -> dict[str, Any]:
    """Return what the form of the budget shows: the one that was asked for, or the published one."""
    published, wanted = _published(opened)[0], stated(opened, asked)
    now = published["cost_usd"] if published["most_usd"] is None else published["most_usd"]
    _, problem = asked.amount("budget", most=MOST_USD)
    return {
        "problem": f"{problem} The published plan is shown." if problem else "",
        "typed": asked.text("budget") if problem else f"{now if wanted is None else wanted:.0f}",
        "budget": now if wanted is None else wanted,
        "most": max(2 * now, wanted or 0, 1),
        "published": "no limit" if published["most_usd"] is None else money(published["most_usd"]),
        "is_published": wanted is None,
        "has_grid": bool(asked.text("budgets")),
    }


def outcome(opened: Opened, asked: Asked) -> list[Card]:
    """Return what a plan comes to, beside the published one."""
    wanted = stated(opened, asked)
    published = _published(opened)[0]
    row = published if wanted is None else _rows(opened, wanted)[0]

    def beside(name: str, kind: str, fewer: str = "less") -> str:
        if wanted is None:
            return ""
        change = row[name] - published[name]
        if not change:
            return "as published"
        return f"{said(abs(change), kind)} {'more' if change > 0 else fewer} than published"

    note = beside("customers", "number", "fewer")
    if wanted is not None:
        found = _changes(_listed(opened), another(opened, wanted))
        note += (
            f": {found['enter']:,} enter, {found['leave']:,} leave, {found['move']:,} get another campaign,"
            f" {found['stay']:,} stay"
        )
    price = row["price_of_a_dollar_usd"]
    worth = f"one dollar more would earn {money(price)} on top" if price else "the budget doesn't bind"
    worth = worth if row["customers"] else ""
    return [
        Card("Contacts", row["customers"], note=note),
        Card(
            "Cost",
            row["cost_usd"],
            "money",
            note="; ".join(part for part in (beside("cost_usd", "money"), worth) if part),
        ),
        Card(
            "Expected profit",
            row["expected_profit_usd"],
            "money",
            interval=between(row["expected_profit_usd_low"], row["expected_profit_usd_high"], "money"),
            note="; ".join(part for part in (beside("expected_profit_usd", "money"), SUMMED) if part),
            evidence=evidence("adjusted"),
        ),
    ]


def spending(opened: Opened, asked: Asked) -> Table:
    """Return what a plan spends by channel and type, and which limits bind."""
    wanted = stated(opened, asked)
    first, *groups = _rows(opened, wanted)
    groups.sort(key=lambda row: (row["group_name"], -row["expected_profit_usd"], row["group_value"]))
    whose = "This week's plan" if wanted is None else f"A plan with {money(wanted)}"
    return Table(
        name="spending",
        title=f"{whose}: what it spends, and which limits bind",
        rows=[first, *groups],
        columns=(
            Column("group_value", "Channel or type"),
            Column("customers", "Contacts", "number"),
            Column("most_contacts", "Contacts at most", "number"),
            Column("cost_usd", "Cost", "money"),
            Column("most_usd", "Cost at most", "money"),
            estimate("expected_profit_usd", "Expected profit", "money"),
            Column("binding_limit", "Limit that binds"),
            Column("price_of_a_contact_usd", "One contact more would earn", "money"),
        ),
        source="campaigns.budget_plan" if wanted is None else "campaigns.campaign_offers",
        asked=asked,
        note=first["message"] or "",
    )


def budgets(opened: Opened, asked: Asked) -> Table:
    """Return what budgets around the published one would bring, side by side; none until it is asked for."""
    return Table(
        name="budgets",
        title="Campaign budgets side by side",
        rows=_grid(opened) if asked.text("budgets") else [],
        columns=COLUMNS,
        source="campaigns.campaign_offers",
        asked=asked,
        note="Decisions change for whoever enters or leaves the list or gets another campaign.",
    )


def profits(opened: Opened, asked: Asked) -> Figure:
    """Return the same as a chart."""
    rows = _grid(opened) if asked.text("budgets") else []
    return Figure(
        name="profits",
        finding=_finding(rows),
        rows=rows,
        columns=COLUMNS,
        chart=charts.lines(
            "budget_usd",
            "expected_profit_usd",
            "expected profit",
            along_title="budget",
            form=charts.MONEY,
            along_form=charts.MONEY,
            low="expected_profit_usd_low",
            high="expected_profit_usd_high",
            marks=[row["budget_usd"] for row in rows if row["share"] == 1],
        ),
        unit="expected profit in US dollars",
        interval=SUMMED,
        source="campaigns.campaign_offers",
        evidence=evidence("adjusted"),
        note="The dashed line is the published budget. All other limits stay as they are.",
        is_whole=True,
    )


def _grid(opened: Opened) -> list[Row]:
    published = _published(opened)[0]["most_usd"]
    if published is None:
        raise UserError("The published plan has no budget, so there is nothing to take multiples of.")
    rows: list[Row] = []
    listed = _listed(opened)
    for share in SHARES:
        plan = another(opened, share * published)
        changes = _changes(listed, plan)
        changed = changes["enter"] + changes["leave"] + changes["move"]
        rows.append(
            {name: plain(value) for name, value in plan.rows[0].items()}
            | {"share": share, "budget_usd": share * published}
            | {"share_changed": changed / max(sum(changes.values()), 1)}
        )
    return rows


def _finding(rows: Sequence[Row]) -> str:
    if not rows:
        return "Nothing was planned."
    less, now, more = (row["expected_profit_usd"] for row in rows[1:4])
    step = percent(SHARES[3] - 1, 0)
    gained = f"would bring {money(more - now)} more" if more > now else "would bring nothing more"
    return f"{step} more budget {gained}, {step} less {money(now - less)} less."
