"""Campaign targets: which customer gets which campaign within the limits, and whom chance holds out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bank_marketing.campaigns.plan_limits import GROUPS, PlanLimits, refuse_unknown_groups
from bank_marketing.errors import UserError
from bank_marketing.methods.budget_plan import (
    MOST_NODES,
    BudgetPlan,
    ContradictoryLimitsError,
    Limit,
    best_at_prices,
    plan_budget,
)
from bank_marketing.methods.holdout import draw_lots, planned_share, smallest_difference
from bank_marketing.methods.ties import tie_break
from bank_marketing.variables import positive_number, stated_share

FloatArray = npt.NDArray[np.float64]

ACTION = ["campaign_type", "campaign_channel", "spend_level"]
# Less than a cent, so that of equal profits chance decides, and the same chance in every build.
TIE_USD = 0.005


@dataclass(frozen=True)
class TargetHoldout:
    """What the hold-out of the campaign list is to show, and when.

    Attributes
    ----------
    effect : float
        Difference of the shares who convert that is to be seen, above 0.
    weeks : float
        Weeks of lists after which it is to be seen, above 0.
    share_limit : float
        Largest share held out: from 0 to below 1.
    outcome_days : float
        Days after a list at which its outcome is judged.
    """

    effect: float
    weeks: float
    share_limit: float
    outcome_days: float


@dataclass(frozen=True)
class Targets:
    """A list, its hold-out, and the plan behind both.

    Attributes
    ----------
    chosen : pandas.DataFrame
        The offers chosen, with is_held_out, is_carried_over, holdout_share, list_rank and a message.
    free : pandas.DataFrame
        The offers of whom chance doesn't hold out, in the order in which equal ones come.
    drawn : pandas.Index
        Customers with a lot: held out, were they chosen.
    limits : dict of tuple to Limit
        As `PlanLimits.of` returns them, for `free`.
    plan : BudgetPlan
        Its limits in the same order.
    """

    chosen: pd.DataFrame
    free: pd.DataFrame
    drawn: pd.Index
    limits: dict[tuple[str, str, str], Limit]
    plan: BudgetPlan


def stated_holdout(
    *, effect_to_see: Any, weeks_to_see: Any, share_limit: Any, outcome_days: Any
) -> TargetHoldout:
    """Read the plan of the hold-out from vars of dbt.

    Parameters
    ----------
    effect_to_see, weeks_to_see, share_limit, outcome_days : any
        The vars campaign_effect_to_see, campaign_weeks_to_see, holdout_share_limit and campaign_outcome_days.

    Returns
    -------
    TargetHoldout

    Raises
    ------
    UserError
        If one is no such number.
    """
    return TargetHoldout(
        effect=positive_number(effect_to_see, "campaign_effect_to_see"),
        weeks=positive_number(weeks_to_see, "campaign_weeks_to_see"),
        share_limit=stated_share(share_limit, "holdout_share_limit"),
        outcome_days=positive_number(outcome_days, "campaign_outcome_days"),
    )


def choose_targets(
    offers: pd.DataFrame, *, limits: PlanLimits, holdout: TargetHoldout, publication: int
) -> Targets:
    """Choose at most one campaign a customer for the highest profit within the limits, and hold some out.

    Lots come first, drawn evenly over the customers' best profits; the plan is made with all others, so that
    its limits hold to the last contact. Held out are those with a lot whom the same prices of the limits
    would have chosen, with the campaign that is best for them at these prices. Whoever a list that is still
    valid has held out stays so, if chosen at all.

    Parameters
    ----------
    offers : pandas.DataFrame
        Rows of `int_campaign_decisions` that the list may name: customer_id, `ACTION`, cost_usd,
        conversion_probability, expected_profit_usd, was_held_out (null for who is on no list still valid)
        and others.
    limits : PlanLimits
        What the list may use.
    holdout : TargetHoldout
        What the hold-out is to show.
    publication : int
        Number of the publication that is being made; by a hash of it lots are drawn. Of equal profits a hash
        of customer and action decides, whatever the publication: a list that stays as it was keeps its order.

    Returns
    -------
    Targets

    Raises
    ------
    UserError
        If limits contradict one another, or name what isn't there.
    """
    if len(offers):
        refuse_unknown_groups(limits, {name: sorted(map(str, offers[name].unique())) for name in GROUPS})
    ordered, tie = in_question(offers, has_least=limits.has_least)
    customers = _drawn(ordered, limits, holdout, publication)
    drawn = customers.index[customers["is_held_out"]]
    is_held_out = ordered["customer_id"].isin(drawn).to_numpy()
    free, free_tie = ordered[~is_held_out], tie[~is_held_out]
    of_free = limits.of(free)
    plan = planned(free, free_tie, list(of_free.values()))
    prices = dict(zip(of_free, plan.limits["price_per_unit"], strict=True))
    chosen = pd.concat(
        [free.loc[plan.chosen], _would_be_chosen(ordered[is_held_out], tie[is_held_out], limits, prices)]
    ).join(customers[["is_held_out", "is_carried_over", "holdout_share"]], on="customer_id")
    return Targets(_ranked(chosen, tie, holdout).assign(publication=publication), free, drawn, of_free, plan)


def worth_planning(offers: pd.DataFrame) -> pd.DataFrame:
    """Leave out what no plan without least amounts chooses: what loses, and levels that cheaper ones beat."""
    worth = offers[offers["expected_profit_usd"] > 0]
    codes = [pd.factorize(worth[name])[0] for name in ("customer_id", *GROUPS)]
    group = (codes[0] * 1_000 + codes[1]) * 1_000 + codes[2]
    profit, cost = worth["expected_profit_usd"].to_numpy(dtype=float), worth["cost_usd"].to_numpy(dtype=float)
    order = np.lexsort((-profit, cost, group))
    # Ranks of profits, higher in each later group, so that a running maximum begins anew with it.
    values, rank = np.unique(profit, return_inverse=True)
    place = np.cumsum(np.diff(group[order], prepend=group[order][:1]) != 0) * len(values) + rank[order]
    is_beaten = np.zeros(len(worth), dtype=bool)
    is_beaten[order[1:]] = place[1:] <= np.maximum.accumulate(place)[:-1]
    return worth[~is_beaten]


def in_question(offers: pd.DataFrame, *, has_least: bool) -> tuple[pd.DataFrame, FloatArray]:
    """Return what `in_order` does, of the offers that a plan looks at: all where something must be used."""
    return in_order(offers if has_least else worth_planning(offers))


def in_order(offers: pd.DataFrame) -> tuple[pd.DataFrame, FloatArray]:
    """Sort offers by a hash of the customer; return what decides between equal ones, in US dollars."""
    numbers, keys = pd.factorize(offers["customer_id"])
    places = np.argsort(np.argsort(tie_break(keys, 0)))[numbers] if len(keys) else numbers
    actions = np.zeros(len(offers), dtype=np.int64)
    names = [""]
    for column in ACTION:
        codes, values = pd.factorize(offers[column], sort=True)
        actions = actions * len(values) + codes
        names = [f"{name}|{value}" for name in names for value in values]
    order = np.lexsort((actions, places))
    chance = np.array([int(digest[:8], 16) / 16**8 for digest in tie_break(names, 0)])
    tie = (places / max(len(keys), 1) + chance[actions]) % 1.0
    return offers.iloc[order].reset_index(drop=True), TIE_USD * tie[order]


def planned(
    free: pd.DataFrame, tie: FloatArray, limits: list[Limit], *, most_nodes: int = MOST_NODES
) -> BudgetPlan:
    """Plan with the expected profits; contradictory limits are the user's to mend."""
    gain = free["expected_profit_usd"].astype(float)
    offers = pd.DataFrame({"customer_id": free["customer_id"], "action": 0, "gain": gain + tie})
    try:
        plan = plan_budget(offers, limits, most_nodes=most_nodes)
    except ContradictoryLimitsError as error:
        raise UserError(str(error)) from error
    return BudgetPlan(plan.chosen, float(gain[plan.chosen].sum()), plan.bound, plan.limits)


def _drawn(
    ordered: pd.DataFrame, limits: PlanLimits, holdout: TargetHoldout, publication: int
) -> pd.DataFrame:
    """Draw a lot for each customer; it holds of whoever is chosen."""
    by_profit = ordered.sort_values("expected_profit_usd", ascending=False, kind="stable")
    customers = by_profit.drop_duplicates("customer_id").set_index("customer_id")
    worth = customers if limits.has_least else customers[customers["expected_profit_usd"] > 0]
    share = 0.0
    if len(worth):
        rate = float(worth["conversion_probability"].mean())
        named = np.inf if limits.contacts is None else limits.contacts * holdout.weeks
        # Where a list could name all in these weeks, the held-out are a part of them.
        of = {"treated": named} if named < len(worth) else {"together": float(len(worth))}
        share, _ = planned_share(rate, holdout.effect, limit=holdout.share_limit, **of)
    held_out, is_carried_over = draw_lots(customers["was_held_out"], share, publication=publication)
    return customers.assign(is_held_out=held_out, is_carried_over=is_carried_over, holdout_share=share)


def _would_be_chosen(
    held_out: pd.DataFrame, tie: FloatArray, limits: PlanLimits, prices: dict[tuple[str, str, str], float]
) -> pd.DataFrame:
    uses = {place: limit.uses for place, limit in limits.of(held_out).items() if place in prices}
    gain = held_out["expected_profit_usd"].to_numpy(dtype=float) + tie
    for place, use in uses.items():
        gain = gain - prices[place] * use
    return held_out[best_at_prices(held_out["customer_id"], gain)]


def _ranked(chosen: pd.DataFrame, tie: FloatArray, holdout: TargetHoldout) -> pd.DataFrame:
    order = chosen.assign(_tie=tie[chosen.index]).sort_values(
        ["is_held_out", "expected_profit_usd", "_tie"], ascending=[True, False, False], ignore_index=True
    )
    rank = pd.Series(np.arange(1, len(order) + 1)).astype("Int64").mask(order["is_held_out"])
    held_out = int(order["is_held_out"].sum())
    seen, message = _what_shows(order, len(order) - held_out, held_out, holdout)
    return order.drop(columns="_tie").assign(
        list_rank=rank,
        smallest_effect_seen=seen,
        message=pd.array([message] * len(order), dtype="string"),
    )


def _what_shows(order: pd.DataFrame, named: int, held_out: int, holdout: TargetHoldout) -> tuple[float, str]:
    if not named or not held_out:
        return np.nan, f"{named} on the list and {held_out} held out: no effect can be seen."
    rate = float(order["conversion_probability"].mean())
    seen = smallest_difference(rate, named * holdout.weeks, held_out * holdout.weeks)
    return seen, (
        ("" if seen <= holdout.effect else f"Not enough to see a difference of {holdout.effect:.3f}. ")
        + f"{holdout.weeks:g} weeks of {named} on the list, {held_out} held out show a difference of"
        f" {seen:.3f} or more in who converts within {holdout.outcome_days:g} days ({rate:.3f} expected;"
        " two-sided 5 %, power 80 %)."
    )
