"""Stability of the call list: whom it would name by survival models of resampled customers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from bank_marketing.methods.allocation import allocate_actions
from bank_marketing.methods.clustered import draw_half
from bank_marketing.methods.list_stability import list_stability
from bank_marketing.methods.survival import NothingToFitError, SurvivalModel
from bank_marketing.methods.survival_models import to_plain


def resampled_models(
    fitter: Callable[[pd.DataFrame, np.ndarray, np.ndarray], SurvivalModel],
    design: pd.DataFrame,
    durations: np.ndarray,
    events: np.ndarray,
    *,
    resamples: int,
    seed: int,
) -> list[dict[str, Any]]:
    """Fit a survival model on halves of the customers.

    Parameters
    ----------
    fitter : callable
        Takes design, durations and events and returns a fitted model.
    design : DataFrame of shape (n, n_columns)
        What `survival_design` returns.
    durations, events : ndarray of shape (n,)
        Durations, and 1 for a customer who has left.
    resamples : int
        How many models.
    seed : int
        Draws the customers.

    Returns
    -------
    list of dict
        The models as `to_plain` lays them out; fewer where the drawn customers are all alike.
    """
    random = np.random.default_rng(seed)
    models = []
    for _ in range(resamples):
        rows = draw_half(len(design), random)
        try:
            model = fitter(design.iloc[rows].reset_index(drop=True), durations[rows], events[rows])
        except NothingToFitError:
            continue
        models.append(to_plain(model))
    return models


def call_list_stability(
    offers: pd.DataFrame,
    chosen: pd.DataFrame,
    resampled: pd.DataFrame,
    *,
    budget: float | None,
    calls: int | None,
) -> dict[str, Any]:
    """Tell which share of the called stays on the list by models of resampled customers.

    Parameters
    ----------
    offers : DataFrame
        Rows of `int_retention_offers`.
    chosen : DataFrame
        What `choose_calls` makes of them.
    resampled : DataFrame
        By customer_id, a column of exit probabilities for each model; no column where there is none.
    budget : float or None
        Most that the calls may cost together.
    calls : int or None
        Most customers called.

    Returns
    -------
    dict
        As `list_stability`. Who was held out stays out, and the limits are the same.
    """
    called = chosen[~chosen["is_held_out"]].set_index("customer_id")["action"]
    held_out = chosen.loc[chosen["is_held_out"], "customer_id"]
    free = offers[~offers["customer_id"].isin(held_out)].reset_index(drop=True)
    loss = (free["expected_net_gain"] + free["cost"]) / free["exit_probability"].where(
        free["exit_probability"] > 0
    )
    others = []
    for model in resampled if len(called) else []:
        gain = loss.fillna(0) * free["customer_id"].map(resampled[model]) - free["cost"]
        priced = free.assign(gain=gain)[gain.notna()]
        best = priced.loc[allocate_actions(priced, budget=budget, capacity=calls)]
        others.append(best.set_index("customer_id")["action"])
    return list_stability(called, others)
