"""Retention actions: which of the offers are made, within a week's calls and their budget."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from bank_marketing.errors import UserError
from bank_marketing.methods.allocation import allocate_actions


def stated_limit(value: Any, name: str) -> float | None:
    """Read a limit as a var of dbt states it.

    Parameters
    ----------
    value : any
        A number, as such or as text; nothing or an empty text for no limit. 0 is one: nothing may be done.
    name : str
        The var's name.

    Returns
    -------
    float or None
        The limit, None for none.

    Raises
    ------
    UserError
        If it is no number, or below 0.
    """
    text = "" if value is None else str(value).strip()
    if text in ("", "None"):
        return None
    try:
        limit = float(text)
    except ValueError:
        limit = math.nan
    if not 0 <= limit < math.inf:
        raise UserError(f"var {name} is {text!r}, expected a number of 0 or more, or nothing for no limit.")
    return limit


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
