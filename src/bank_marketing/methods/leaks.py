"""Leaks: features that tell the outcome by themselves, as nothing does that is known beforehand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bank_marketing.methods.folds import stratified_folds
from bank_marketing.methods.metrics import roc_auc

LEAK_ROC_AUC = 0.95
# Cuts of a number: enough for any bend, few enough for each part to have rows.
PARTS = 20
FOLDS = 5


def single_feature_roc_auc(
    frame: pd.DataFrame, outcome: np.ndarray, *, features: Sequence[str], seed: int
) -> pd.Series:
    """Return how well each feature ranks the outcome by itself, on rows that weren't looked at.

    In each fold a row gets the share of events that its level, or its part of the numbers, has in the other
    folds.

    Parameters
    ----------
    frame : DataFrame of shape (n, ...)
        Holds the features; a missing value is a level of its own.
    outcome : ndarray of shape (n,)
        0 or 1, at least five of each.
    features : sequence of str
        Columns to look at.
    seed : int
        Draws the folds.

    Returns
    -------
    Series
        ROC-AUC by feature, the highest first: 0.5 for noise, 1 for the outcome itself.
    """
    events = np.asarray(outcome, dtype=int)
    fold = stratified_folds(events, FOLDS, seed=seed)
    found = {}
    for name in features:
        level = _levels(frame[name])
        share = np.full(len(events), events.mean())
        for number in range(FOLDS):
            out = fold == number
            shares = pd.Series(events[~out]).groupby(level[~out]).mean()
            share[out] = pd.Series(level[out]).map(shares).fillna(events[~out].mean())
        found[name] = roc_auc(events, share)
    return pd.Series(found, dtype=float).sort_values(ascending=False)


def _levels(values: pd.Series) -> np.ndarray:
    if pd.api.types.is_numeric_dtype(values) and values.nunique() > PARTS:
        parts = pd.qcut(values.astype(float), PARTS, labels=False, duplicates="drop")
        return parts.fillna(-1).to_numpy(dtype=int)
    return pd.factorize(values, use_na_sentinel=False)[0]
