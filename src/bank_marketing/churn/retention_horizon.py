"""Chance of leaving within a horizon: what money on the call list rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from bank_marketing.churn.retention import KEY, TARGET
from bank_marketing.churn.retention_survival import survival_design
from bank_marketing.churn.retention_terms import TRAITS, durations_in_years
from bank_marketing.fitting.recipe import models_by_row
from bank_marketing.methods.survival_models import from_plain
from bank_marketing.variables import positive_number

LEAST_HAZARD = 1e-12


def exit_probabilities(
    features: pd.DataFrame, artefact: Mapping[str, Any], *, horizon_years: Any
) -> pd.DataFrame:
    """Tell how likely each customer is to leave within a horizon, given that they have stayed so far.

    One less S(tenure + horizon) / S(tenure), by the survival model; beyond the longest tenure its late hazard
    goes on. For customers of the fit by the model of the fold that left them out.

    Parameters
    ----------
    features : DataFrame
        Rows of `features_retention`; `has_exited` may be null or absent.
    artefact : mapping of str to any
        What `retention.fit` left for scoring; empty if there was insufficient data.
    horizon_years : number or text
        How far ahead to look, in years (var retention_horizon_years).

    Returns
    -------
    DataFrame
        exit_probability with exit_probability_low and _high (95 %, see `spread_over_folds`),
        horizon_years and resampled_exit_probabilities (a list, by the models of resampled customers; null
        where there are none), in the order of the features; the probabilities are null without a model, a
        trait or a tenure, and for customers who have left.

    Raises
    ------
    UserError
        If the horizon is no number above 0.
    """
    horizon = positive_number(horizon_years, "retention_horizon_years")
    names = ["exit_probability", "exit_probability_low", "exit_probability_high"]
    table = pd.DataFrame(np.nan, index=range(len(features)), columns=names).assign(
        horizon_years=horizon, resampled_exit_probabilities=None
    )
    if not artefact:
        return table
    is_known = features[[*TRAITS, "tenure_years"]].notna().all(axis=1)
    if TARGET in features:
        is_known &= ~features[TARGET].astype("boolean").fillna(False).astype(bool)
    rows = is_known.to_numpy(dtype=bool)
    some = features[rows]
    if some.empty:
        return table
    design, elapsed = survival_design(some, artefact["countries"]), durations_in_years(some)

    def hazard(plain: dict[str, Any], of: np.ndarray) -> np.ndarray:
        model = from_plain(plain)
        return np.maximum(model.hazard_between(design[of], elapsed[of], elapsed[of] + horizon), LEAST_HAZARD)

    everybody = np.ones(len(some), dtype=bool)
    by_fold = [hazard(plain, everybody) for plain in artefact["fold_survival_models"]]
    own = np.full(len(some), np.nan)
    for plain, of_model, _ in models_by_row(artefact, some[KEY], kind="survival_"):
        if of_model.any():
            own[of_model] = hazard(plain, of_model)
    table.loc[rows, names] = -np.expm1(-spread_over_folds(own, by_fold))
    if models := artefact.get("resampled_survival_models"):
        drawn = -np.expm1(-np.column_stack([hazard(plain, everybody) for plain in models]))
        table.loc[rows, "resampled_exit_probabilities"] = pd.Series(list(drawn), index=table.index[rows])
    return table


def spread_over_folds(hazard: np.ndarray, by_fold: Sequence[np.ndarray]) -> np.ndarray:
    """Return hazards with the interval that the differences between the models of the folds give them.

    A grouped jackknife on the log scale: each model was fitted without one fold, and the variance of an
    estimate from all rows is (folds - 1) / folds times the sum of squares around the models' mean.

    Parameters
    ----------
    hazard : ndarray of shape (n,)
        Cumulative hazards above 0.
    by_fold : sequence of ndarray of shape (n,)
        The same by each fold's model.

    Returns
    -------
    ndarray of shape (n, 3)
        The hazards and the ends of their 95 % intervals (Student's t, folds - 1 degrees of freedom).

    References
    ----------
    Kott, P. S. (2001). The delete-a-group jackknife. Journal of Official Statistics 17, 521-526.
    """
    logs = np.log(np.vstack(by_fold))
    folds = len(logs)
    error = np.sqrt((folds - 1) * logs.var(axis=0))
    half = stats.t.ppf(0.975, folds - 1) * error
    return np.column_stack([hazard, hazard * np.exp(-half), hazard * np.exp(half)])
