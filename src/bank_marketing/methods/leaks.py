"""Leaks: features that tell the outcome by themselves, as nothing does that is known beforehand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.tree import DecisionTreeClassifier

from bank_marketing.methods.folds import stratified_folds
from bank_marketing.methods.metrics import roc_auc

LEAK_ROC_AUC = 0.95
# Parts of a number: enough for any bend, few enough for each to have rows.
PARTS = 20
LEAST_IN_A_PART = 5
FOLDS = 5


def single_feature_roc_auc(
    frame: pd.DataFrame, outcome: np.ndarray, *, features: Sequence[str], seed: int
) -> pd.Series:
    """Return how well each feature ranks the outcome by itself, on rows that weren't looked at.

    In each fold a row gets the share of events that its level has in the other folds. Numbers and times of
    many values are parted by a tree: parts of equal size would hide what only few have, such as a count that
    is 0 for most.

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
        values = _as_numbers(frame[name])
        share = np.empty(len(events))
        for number in range(FOLDS):
            out = fold == number
            share[out] = _share_of_events(values[~out], events[~out], values[out])
        found[name] = roc_auc(events, share)
    return pd.Series(found, dtype=float).sort_values(ascending=False, kind="stable")


def _as_numbers(values: pd.Series) -> pd.Series:
    """Return times as seconds, numbers of many values as floats, and all else as levels from 0."""
    if pd.api.types.is_datetime64_any_dtype(values):
        values = (values - values.min()).dt.total_seconds()
    if pd.api.types.is_numeric_dtype(values) and values.nunique() > PARTS:
        return values.astype(float)
    return pd.Series(pd.factorize(values, use_na_sentinel=False)[0], index=values.index)


def _share_of_events(known: pd.Series, events: np.ndarray, new: pd.Series) -> np.ndarray:
    if known.dtype == float:
        tree = DecisionTreeClassifier(
            max_leaf_nodes=PARTS, min_samples_leaf=LEAST_IN_A_PART, random_state=0
        ).fit(known.to_frame(), events)
        return np.asarray(tree.predict_proba(new.to_frame())[:, 1])
    shares = pd.Series(events, index=known.index).groupby(known).mean()
    return np.asarray(new.map(shares).fillna(events.mean()), dtype=float)
