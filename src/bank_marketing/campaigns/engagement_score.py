"""Engagement score: 0 to 100 points that a marketer can recompute by hand.

Each measure is placed between its weights' `low` (0) and `high` (1), held at both ends, and earns that part
of its weight. Weights are whole points that sum to 100.
"""

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from bank_marketing.campaigns.columns import ENGAGEMENT

POINTS = 100
# A measure that is missing earns half its weight: neither good nor bad.
MISSING_PLACE = 0.5
ENDS = (0.05, 0.95)
LEARNED = "learned: log-odds of conversion"
EQUAL = "equal: too few conversions to learn from, or none goes with conversion"
LEAST_EVENTS = 20


def learn_weights(frame: pd.DataFrame, converted: np.ndarray) -> pd.DataFrame:
    """Learn what each measure of engagement is worth, from who converted.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns `ENGAGEMENT`.
    converted : numpy.ndarray of shape (rows,)
        0 or 1.

    Returns
    -------
    pandas.DataFrame
        Columns measure, weight (whole points, sum 100), low, high (5th and 95th percentile, three digits) and
        basis. Weights are proportional to the log-odds of a logistic regression; a measure with which
        conversion falls has 0, and so has one without any value. Equal weights if fewer than 20 customers
        converted, or didn't, or nothing speaks for any.
    """
    weights = pd.DataFrame(
        {"measure": ENGAGEMENT, "low": 0.0, "high": 0.0, "weight": 0, "basis": EQUAL},
    )
    quantiles = frame[list(ENGAGEMENT)].astype(float).quantile(list(ENDS)).fillna(0)
    weights["low"], weights["high"] = (
        [float(f"{value:.3g}") for value in row] for row in quantiles.to_numpy()
    )
    has_value = frame[list(ENGAGEMENT)].notna().any().to_numpy()
    share = has_value.astype(float) if has_value.any() else np.ones(len(weights))
    events = int(converted.sum())
    if min(events, len(converted) - events) >= LEAST_EVENTS:
        logistic = LogisticRegression(max_iter=1_000).fit(places(frame, weights), converted)
        positive = np.maximum(logistic.coef_[0], 0)
        if positive.sum() > 0:
            share, weights["basis"] = positive, LEARNED
    weights["weight"] = whole_points(share)
    return weights


def mean_weights(by_fold: pd.DataFrame) -> pd.DataFrame:
    """Return the weights for a customer whose outcome no fold has learned from.

    Parameters
    ----------
    by_fold : pandas.DataFrame
        Weights of all folds, with a column fold.

    Returns
    -------
    pandas.DataFrame
        Weights, low and high as means over the folds, weights again as whole points.
    """
    grouped = by_fold.groupby("measure", sort=False)
    mean = grouped[["low", "high", "weight"]].mean().reset_index()
    mean["weight"] = whole_points(mean["weight"].to_numpy())
    for end in ("low", "high"):
        mean[end] = [float(f"{value:.3g}") for value in mean[end]]
    return mean.assign(basis=f"mean of the folds; {by_fold['basis'].iloc[0]}")


def engagement_score(frame: pd.DataFrame, weights: pd.DataFrame) -> np.ndarray:
    """Score customers.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns `ENGAGEMENT`.
    weights : pandas.DataFrame
        As `learn_weights` returns.

    Returns
    -------
    numpy.ndarray of shape (rows,)
        0 to 100 points; nan where every measure is missing.
    """
    score = places(frame, weights) @ weights["weight"].to_numpy(dtype=float)
    return np.where(frame[list(ENGAGEMENT)].isna().all(axis=1), np.nan, score)


def places(frame: pd.DataFrame, weights: pd.DataFrame) -> np.ndarray:
    """Return where each measure lies between low (0) and high (1).

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns `ENGAGEMENT`.
    weights : pandas.DataFrame
        Columns measure, low and high.

    Returns
    -------
    numpy.ndarray of shape (rows, measures)
        `MISSING_PLACE` where the measure is missing or doesn't vary.
    """
    values = frame[weights["measure"].tolist()].to_numpy(dtype=float)
    low, high = weights["low"].to_numpy(dtype=float), weights["high"].to_numpy(dtype=float)
    width = np.where(high > low, high - low, np.nan)
    return np.nan_to_num(np.clip((values - low) / width, 0, 1), nan=MISSING_PLACE)


def whole_points(share: np.ndarray) -> np.ndarray:
    """Round shares to whole points that sum to 100, the largest remainders up.

    Parameters
    ----------
    share : numpy.ndarray of shape (measures,)
        Not negative, not all 0.

    Returns
    -------
    numpy.ndarray of shape (measures,)
        Whole numbers.
    """
    exact = POINTS * share / share.sum()
    points = np.floor(exact).astype(np.int64)
    points[np.argsort(points - exact, kind="stable")[: POINTS - points.sum()]] += 1
    return points
