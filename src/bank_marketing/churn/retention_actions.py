"""Retention actions: which of the offers are made, within a week's calls and their budget."""

from __future__ import annotations

import pandas as pd

from bank_marketing.methods.allocation import allocate_actions


def choose_offers(
    offers: pd.DataFrame, *, threshold: float | None, budget: float | None, calls: int | None
) -> pd.DataFrame:
    """Choose at most one action for each alerted customer, for the highest expected net gain together.

    Parameters
    ----------
    offers : DataFrame
        Rows of `int_retention_offers`: customer_id, action, churn_probability, cost, expected_net_gain and
        others.
    threshold : float or None
        Probability from which customers are alerted; None if no threshold is worth an alert.
    budget : float or None
        Most that the actions may cost together; None for no limit.
    calls : int or None
        Most customers; None for no limit.

    Returns
    -------
    DataFrame
        The chosen offers, the highest gain first.
    """
    alerted = offers["churn_probability"] >= (float("inf") if threshold is None else threshold)
    ordered = offers[alerted].sort_values(["customer_id", "action"], ignore_index=True)
    chosen = ordered.loc[
        allocate_actions(ordered.assign(gain=ordered["expected_net_gain"]), budget=budget, capacity=calls)
    ]
    by_gain = chosen.sort_values(["expected_net_gain", "customer_id"], ascending=[False, True])
    return by_gain.reset_index(drop=True)
