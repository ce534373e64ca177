"""Another budget: the plan of this week made anew from what is published, offers and the plan's limits."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from bank_marketing.campaigns.plan_limits import ALL, limits_in
from bank_marketing.campaigns.targets import ACTION, FloatArray, Targets, in_question, planned
from bank_marketing.campaigns.weeks_ahead import first_week
from bank_marketing.methods.budget_plan import Limit

BUDGET = (ALL, ALL, "usd")


@dataclass(frozen=True)
class Ground:
    """What any plan of this week chooses from.

    Attributes
    ----------
    offers : pandas.DataFrame
        Rows of `campaign_offers`.
    free : pandas.DataFrame
        Those of whom chance hasn't drawn, in the order in which equal ones come.
    tie : ndarray of shape (free,)
        What decides between equal ones.
    limits : dict of tuple to Limit
        Those of the published plan, for `free`.
    """

    offers: pd.DataFrame
    free: pd.DataFrame
    tie: FloatArray
    limits: dict[tuple[str, str, str], Limit]


@dataclass(frozen=True)
class AnotherPlan:
    """A plan that isn't published.

    Attributes
    ----------
    rows : list of dict
        As this week's rows of `budget_plan`, without their date.
    chosen : pandas.DataFrame
        customer_id and `ACTION` of whom it names.
    """

    rows: list[dict[str, object]]
    chosen: pd.DataFrame


def ground(offers: pd.DataFrame, plan: pd.DataFrame, *, is_changed: bool) -> Ground:
    """Prepare what is the same whatever the budget.

    A list made with the rules of one that is still valid keeps that one's campaigns; lots stay in any case.

    Parameters
    ----------
    offers : pandas.DataFrame
        Rows of `campaign_offers`, in any order.
    plan : pandas.DataFrame
        This week's rows of `budget_plan`.
    is_changed : bool
        Whether the budget is to be another one than the plan's.

    Returns
    -------
    Ground
    """
    offers = (offers if is_changed else offers[offers["is_eligible"]]).astype(
        dict.fromkeys(ACTION, "category")
    )
    has_least = bool((plan[["least_contacts", "least_usd"]].astype(float) > 0).any(axis=None))
    ordered, tie = in_question(offers, has_least=has_least)
    is_free = ~ordered["is_drawn"].to_numpy(dtype=bool)
    free = ordered[is_free]
    return Ground(offers, free, tie[is_free], limits_in(plan, free))


def plan_anew(of: Ground, budget: float | None) -> AnotherPlan:
    """Make the plan of this week with a budget, all other limits as they are.

    Parameters
    ----------
    of : Ground
        What it chooses from.
    budget : float or None
        Most that its contacts may cost together, US dollars; None for no such limit.

    Returns
    -------
    AnotherPlan
        With the published budget the published plan.

    Raises
    ------
    UserError
        If no choice keeps all limits.
    """
    limits = {place: limit for place, limit in of.limits.items() if place != BUDGET}
    if budget is not None:
        cost = of.free["cost_usd"].to_numpy(dtype=float)
        # Before those of channels and types, as in the build.
        first = {place: limit for place, limit in limits.items() if place[0] == ALL}
        limits = first | {BUDGET: Limit("campaign_budget", cost, most=budget)} | limits
    plan = planned(of.free, of.tie, list(limits.values()))
    chosen = of.free.loc[plan.chosen].assign(is_held_out=False)
    drawn = pd.Index(of.offers.loc[of.offers["is_drawn"], "customer_id"].unique())
    rows = first_week(of.offers, Targets(chosen, of.free, drawn, limits, plan))
    return AnotherPlan(rows, chosen[["customer_id", *ACTION]].reset_index(drop=True))
