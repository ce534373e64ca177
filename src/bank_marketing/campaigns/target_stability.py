"""Stability of the campaign list: whom it would name with what by profit models of resampled customers."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from bank_marketing.campaigns.columns import ARMS
from bank_marketing.campaigns.plan_limits import PlanLimits
from bank_marketing.campaigns.profit_scores import FloatArray
from bank_marketing.campaigns.targets import ACTION, Targets, in_order, planned, worth_planning
from bank_marketing.errors import UserError
from bank_marketing.methods.list_stability import list_stability

COLUMNS = ["customer_id", *ACTION, "conversion_probability", "cost_usd", "expected_profit_usd"]
# Which of the last few customers are named hardly moves a share of the list, and finding out takes long.
FEW_NODES = 20


def target_list_stability(
    offers: pd.DataFrame,
    targets: Targets,
    actions: pd.DataFrame,
    resampled: Iterable[FloatArray],
    *,
    limits: PlanLimits,
) -> dict[str, Any]:
    """Tell which share of the list stays, and stays with its campaign, by models of resampled customers.

    Parameters
    ----------
    offers : pandas.DataFrame
        Rows of `int_campaign_decisions` that the list may name.
    targets : Targets
        What `choose_targets` made of them.
    actions : pandas.DataFrame
        Rows of `stg_campaigns__actions`: value and cost of a conversion by type and channel.
    resampled : iterable of numpy.ndarray of shape (offers,)
        The chance of each offer by each model; none where there is no such model.
    limits : PlanLimits
        Those of the list. Who drew the hold-out stays out.

    Returns
    -------
    dict
        As `list_stability`.
    """
    named = _named(targets.chosen[~targets.chosen["is_held_out"]])
    chances = list(resampled) if len(named) else []
    if not chances:
        return list_stability(named, [])
    is_free = ~offers["customer_id"].isin(targets.drawn).to_numpy()
    free, tie = in_order(offers.loc[is_free, COLUMNS].assign(place=np.flatnonzero(is_free)))
    money = free[list(ARMS)].merge(actions, on=list(ARMS), how="left", validate="many_to_one")
    value, accepted = (money[f"{of}_usd"].to_numpy(float) for of in ("conversion_value", "cost_if_accepted"))
    before, cost, profit = (free[name].to_numpy(float) for name in COLUMNS[-3:])
    others = []
    for chance in chances:
        more = chance[free["place"]] - before
        priced = free.assign(
            cost_usd=cost + more * accepted, expected_profit_usd=profit + more * (value - accepted)
        )
        worth = priced if limits.has_least else worth_planning(priced)
        try:
            plan = planned(worth, tie[worth.index], list(limits.of(worth).values()), most_nodes=FEW_NODES)
        except UserError:
            # By other chances other costs are expected, and limits that just allowed a list may allow none.
            others.append(named.head(0))
            continue
        others.append(_named(free.loc[plan.chosen]))
    return list_stability(named, others)


def _named(rows: pd.DataFrame) -> pd.Series:
    """Return the campaign of each customer in one word."""
    return rows.set_index("customer_id")[ACTION].astype(str).agg("|".join, axis=1)
