"""Retention actions: whom to call this week, and whom of the same choice to hold out instead."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bank_marketing.methods.allocation import allocate_actions
from bank_marketing.methods.holdout import draw_lots, planned_share, smallest_difference, weeks_until_shown
from bank_marketing.methods.ties import tie_break
from bank_marketing.variables import positive_number, stated_share

DAYS_A_YEAR = 365.25
# The budget is kept to after the draw; more rounds than a few are never needed.
ROUNDS = 10


@dataclass(frozen=True)
class HoldoutPlan:
    """What the hold-out is to show, and when.

    Parameters
    ----------
    effect : float
        Difference of the shares who leave within the window that is to be seen, above 0.
    weeks : float
        Weeks of lists after which it is to be seen, above 0.
    share_limit : float
        Largest share held out, of held-out and called together: from 0 to below 1.
    outcome_days : float
        Days after a list at which its outcome is judged.
    horizon_years : float
        Horizon of the published `exit_probability`.
    """

    effect: float
    weeks: float
    share_limit: float
    outcome_days: float
    horizon_years: float

    def within_window(self, exit_probability: pd.Series) -> pd.Series:
        """Return probabilities within the horizon scaled to the window, at a constant hazard."""
        part = self.outcome_days / DAYS_A_YEAR / self.horizon_years
        return 1 - (1 - exit_probability) ** part


def stated_plan(
    *, effect_to_see: Any, weeks_to_see: Any, share_limit: Any, outcome_days: Any, horizon_years: Any
) -> HoldoutPlan:
    """Read the plan of the hold-out from vars of dbt.

    Parameters
    ----------
    effect_to_see, weeks_to_see, share_limit, outcome_days, horizon_years : any
        The vars retention_effect_to_see, retention_weeks_to_see, holdout_share_limit, retention_outcome_days
        and retention_horizon_years, as numbers or as text.

    Returns
    -------
    HoldoutPlan
        The plan.

    Raises
    ------
    UserError
        If one is no such number.
    """
    return HoldoutPlan(
        share_limit=stated_share(share_limit, "holdout_share_limit"),
        effect=positive_number(effect_to_see, "retention_effect_to_see"),
        weeks=positive_number(weeks_to_see, "retention_weeks_to_see"),
        outcome_days=positive_number(outcome_days, "retention_outcome_days"),
        horizon_years=positive_number(horizon_years, "retention_horizon_years"),
    )


def choose_calls(
    offers: pd.DataFrame, *, budget: float | None, calls: int | None, plan: HoldoutPlan, publication: int
) -> pd.DataFrame:
    """Choose at most one action a customer for the highest gain together, and hold out some at random.

    The choice is made for calls and held-out together, so that both would have been called: for as many as
    the limits allow without a hold-out and the held-out beside them. The cost of the held-out doesn't count.
    Whoever a list that is still valid has called or held out stays so; of all others each has the same chance
    to be held out, drawn evenly over the costs.

    Parameters
    ----------
    offers : DataFrame
        Rows of `int_retention_offers`: customer_id, action, exit_probability, cost, assumed_effect,
        expected_net_gain, was_held_out (null for who is on no list still valid) and others.
    budget : float or None
        Most that the calls may cost together; None for no limit.
    calls : int or None
        Most customers called; None for no limit.
    plan : HoldoutPlan
        What the hold-out is to show.
    publication : int
        Number of the publication that is being made; by a hash of it and the customer ties are broken and
        lots are drawn.

    Returns
    -------
    DataFrame
        The chosen offers with is_held_out, is_carried_over (by a list still valid), holdout_share (the chance
        of being held out), smallest_effect_seen, weeks_until_seen, message, publication, and call_rank of
        those called: 1 for the highest gain.
    """
    ordered = offers.assign(
        lot=tie_break(offers["customer_id"], publication), gain=offers["expected_net_gain"]
    ).sort_values(["lot", "action"], ignore_index=True)
    alone = ordered.loc[allocate_actions(ordered, budget=budget, capacity=calls)]
    available = ordered.loc[ordered["gain"] > 0, "customer_id"].nunique()
    total, share, is_enough = _size(alone, available, plan)
    money = None if budget is None or alone.empty else budget * total / len(alone)
    for _ in range(ROUNDS):
        chosen = _draw(
            ordered.loc[allocate_actions(ordered, budget=money, capacity=total)], share, publication
        )
        called = chosen[~chosen["is_held_out"]]
        over = 0 if calls is None else len(called) - calls
        excess = 0.0 if budget is None else called["cost"].sum() - budget
        if over <= 0 and excess <= 1e-9:
            break
        total -= max(over, 0)
        money = None if money is None else money - max(excess, 0.0) * total / len(alone)
    else:
        chosen = chosen[chosen["is_held_out"] | chosen.index.isin(_within(called, budget, calls).index)]
    return _ranked(chosen, plan, is_enough=is_enough).assign(publication=publication)


def _size(alone: pd.DataFrame, available: int, plan: HoldoutPlan) -> tuple[int, float, bool]:
    """Return how many to choose, which share of them to hold out, and whether that is enough."""
    calls = len(alone)
    if not calls:
        return 0, 0.0, False
    rate = float(plan.within_window(alone["exit_probability"]).mean())
    share, is_enough = planned_share(rate, plan.effect, limit=plan.share_limit, treated=calls * plan.weeks)
    total = calls + math.ceil(calls * share / (1 - share) - 1e-9)
    if total <= available:
        return total, (total - calls) / total, is_enough
    # Nobody is left to come on top: the held-out are a part of those who would be called.
    share, is_enough = planned_share(
        rate, plan.effect, limit=plan.share_limit, together=available * plan.weeks
    )
    return available, share, is_enough


def _draw(chosen: pd.DataFrame, share: float, publication: int) -> pd.DataFrame:
    """Draw lots among those who have none from a list still valid."""
    by_cost = chosen.sort_values(["cost", "lot"])
    held_out, is_carried_over = draw_lots(by_cost["was_held_out"], share, publication=publication)
    return by_cost.assign(is_held_out=held_out, is_carried_over=is_carried_over, holdout_share=share)


def _within(called: pd.DataFrame, budget: float | None, calls: int | None) -> pd.DataFrame:
    """Keep the calls that gain most as long as they are within the limits."""
    by_gain = called.sort_values(["gain", "lot"], ascending=[False, True]).head(
        len(called) if calls is None else calls
    )
    return by_gain if budget is None else by_gain[by_gain["cost"].cumsum() <= budget]


def _ranked(chosen: pd.DataFrame, plan: HoldoutPlan, *, is_enough: bool) -> pd.DataFrame:
    """Rank the calls, and say of all together what the hold-out will show."""
    order = chosen.sort_values(
        ["is_held_out", "gain", "lot"], ascending=[True, False, True], ignore_index=True
    )
    rank = pd.Series(np.arange(1, len(order) + 1)).astype("Int64").mask(order["is_held_out"])
    called, held_out = int((~order["is_held_out"]).sum()), int(order["is_held_out"].sum())
    seen, weeks, message = np.nan, None, f"{called} called and {held_out} held out: no effect can be seen."
    if called and held_out:
        rates = plan.within_window(order["exit_probability"])
        rate, assumed = float(rates.mean()), float((rates * order["assumed_effect"]).mean())
        share = held_out / (called + held_out)
        seen = smallest_difference(rate, called * plan.weeks, held_out * plan.weeks)
        weeks = weeks_until_shown(rate, called, share, plan.effect)
        later = weeks_until_shown(rate, called, share, assumed)
        message = (
            (
                ""
                if is_enough
                else f"Not enough: a difference of {plan.effect:.3f} shows after {weeks} weeks. "
            )
            + f"{plan.weeks:g} weeks of {called} called, {held_out} held out show a difference of {seen:.3f}"
            f" or more in who leaves within {plan.outcome_days:g} days ({rate:.3f} expected; two-sided 5 %,"
            f" power 80 %). The actions are assumed to change it by {assumed:.4f}, seen after {later} weeks"
            + ("; another outcome_kind may show sooner." if (later or 0) > plan.weeks else ".")
        )
    return order.drop(columns=["gain", "lot"]).assign(
        call_rank=rank,
        smallest_effect_seen=seen,
        weeks_until_seen=pd.array([weeks] * len(order), dtype="Int64"),
        message=pd.array([message] * len(order), dtype="string"),
    )
