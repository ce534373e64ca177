"""Uplift: what an action changed, and whether a score finds those in whom it changes most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from bank_marketing.methods.intervals import (
    FloatArray,
    difference_interval,
    normal_quantile,
    wilson_interval,
)

# Assignment counts as random unless traits tell it with less chance than this.
BALANCE_LEVEL = 0.01


@dataclass(frozen=True)
class QiniCurve:
    """What is gained by treating the highest scores first.

    Parameters
    ----------
    customers : ndarray of shape (points,)
        How many of the highest scores are treated, from 0 to all; equal scores come together.
    gain : ndarray of shape (points,)
        Good outcomes more among the treated than as many controls had.
    random : ndarray of shape (points,)
        The same with customers in random order: the straight line to the end.
    perfect : ndarray of shape (points,)
        The same by an order that knew every outcome.
    coefficient : float
        Area between gain and random by area between perfect and random: 1 is perfect, 0 random; nan if no
        order could be better than another.
    """

    customers: FloatArray
    gain: FloatArray
    random: FloatArray
    perfect: FloatArray
    coefficient: float


def difference_of_rates(
    good_treated: npt.ArrayLike,
    treated: npt.ArrayLike,
    good_control: npt.ArrayLike,
    control: npt.ArrayLike,
    *,
    comparisons: int = 1,
) -> pd.DataFrame:
    """Return by how much the rate of good outcomes is higher among the treated.

    Parameters
    ----------
    good_treated, treated, good_control, control : array_like of shape (groups,)
        Good outcomes and customers among treated and controls.
    comparisons : int
        How many intervals are to hold their truths all together.

    Returns
    -------
    DataFrame
        Columns value, value_low, value_high; one row a group, nan where treated or controls are missing.

    References
    ----------
    Newcombe, R. G. (1998). Interval estimation for the difference between independent proportions: comparison
    of eleven methods. Statistics in Medicine 17, 873-890. Method 10: Wilson's score intervals, combined.
    """
    value, low, high = difference_interval(
        _rate(good_treated, treated, comparisons), _rate(good_control, control, comparisons)
    )
    return pd.DataFrame({"value": value, "value_low": low, "value_high": high})


def ratio_of_rates(
    good_treated: npt.ArrayLike,
    treated: npt.ArrayLike,
    good_control: npt.ArrayLike,
    control: npt.ArrayLike,
    *,
    comparisons: int = 1,
) -> pd.DataFrame:
    """Return by which part the rate of good outcomes is higher among the treated: their ratio less one.

    Parameters
    ----------
    good_treated, treated, good_control, control : array_like of shape (groups,)
        Good outcomes and customers among treated and controls.
    comparisons : int
        How many intervals are to hold their truths all together.

    Returns
    -------
    DataFrame
        Columns value, value_low, value_high, the interval by the delta method; one row a group, nan where a
        side has no customer or no good outcome. Where all outcomes are good nothing tells how far the ratio
        is from the truth: there the interval is nan.

    References
    ----------
    Deng, A., Knoblich, U. and Lu, J. (2018). Applying the delta method in metric analytics: a practical guide
    with novel ideas. Proceedings of KDD, 233-242.
    """
    counts = np.broadcast_arrays(
        *(np.asarray(part, dtype=float) for part in (good_treated, treated, good_control, control))
    )
    is_known = np.all([part > 0 for part in counts], axis=0)
    good_1, n_1, good_0, n_0 = (np.where(is_known, part, np.nan) for part in counts)
    ratio = (good_1 / n_1) / (good_0 / n_0)
    error = ratio * np.sqrt((1 - good_1 / n_1) / good_1 + (1 - good_0 / n_0) / good_0)
    half = normal_quantile(comparisons) * np.where(error > 0, error, np.nan)
    return pd.DataFrame({"value": ratio - 1, "value_low": ratio - 1 - half, "value_high": ratio - 1 + half})


def qini_curve(is_good: npt.ArrayLike, is_treated: npt.ArrayLike, score: npt.ArrayLike) -> QiniCurve:
    """Return the Qini curve of a score, with the lines of a random and of a perfect order.

    After the k highest scores the gain is r_t - r_c n_t / n_c, with r the good outcomes and n the customers
    among treated (t) and controls (c) so far. The perfect order has treated with a good outcome first and
    controls with a good outcome last, so it counts on harm as well as on help. Equal scores come together:
    among them the gain rises along a line, as it does on average over all their orders.

    Parameters
    ----------
    is_good : array_like of bool, shape (n,)
        Whether the outcome is the wanted one.
    is_treated : array_like of bool, shape (n,)
        Whether the customer was treated.
    score : array_like of shape (n,)
        Higher means treated first.

    Returns
    -------
    QiniCurve
        At most 200 points, first and last among them; the coefficient is from all points.

    Raises
    ------
    ValueError
        If treated or controls are missing, or a score is.

    References
    ----------
    Radcliffe, N. J. (2007). Using control groups to target on predicted lift: building and assessing uplift
    models. Direct Marketing Analytics Journal 1, 14-21.
    """
    good, treated = np.asarray(is_good, dtype=bool), np.asarray(is_treated, dtype=bool)
    scores = np.asarray(score, dtype=float)
    if not treated.any() or treated.all() or np.isnan(scores).any():
        raise ValueError(
            f"A Qini curve needs treated and controls, each with a score; found {treated.sum()} treated,"
            f" {(~treated).sum()} controls, {np.isnan(scores).sum()} without a score."
        )
    customers, gain = _gains(good, treated, scores)
    by_outcome = np.where(treated, 1.0, -1.0) * good
    perfect_customers, perfect_gain = _gains(good, treated, by_outcome)
    end = gain[-1] / customers[-1]
    random_area = end * customers[-1] ** 2 / 2
    room = float(np.trapezoid(perfect_gain, perfect_customers) - random_area)
    won = float(np.trapezoid(gain, customers) - random_area)
    shown = np.unique(np.linspace(0, len(customers) - 1, min(len(customers), 200)).round().astype(int))
    return QiniCurve(
        customers[shown],
        gain[shown],
        end * customers[shown],
        np.interp(customers[shown], perfect_customers, perfect_gain),
        won / room if room > 1e-9 else float("nan"),
    )


def balance_test(traits: pd.DataFrame, is_treated: npt.ArrayLike) -> tuple[float, float, float]:
    """Test whether traits known beforehand tell who was treated, all at once.

    Under a random assignment the differences of means between treated and controls, weighed by the inverse of
    their covariance, follow a chi-square distribution.

    Parameters
    ----------
    traits : DataFrame of shape (n, n_traits)
        Numbers, none missing; a constant or redundant one counts for nothing.
    is_treated : array_like of bool, shape (n,)
        Whether the customer was treated.

    Returns
    -------
    statistic, degrees, p_value : float
        The statistic, its degrees of freedom and the chance of one as large if assignment is random; 0, 0 and
        1 if no trait varies.

    References
    ----------
    Hansen, B. B. and Bowers, J. (2008). Covariate balance in simple, stratified and clustered comparative
    studies. Statistical Science 23, 219-236.
    """
    treated = np.asarray(is_treated, dtype=bool)
    values = traits.to_numpy(dtype=float)
    values = values[:, values.std(axis=0) > 0]
    if values.shape[1] == 0:
        return 0.0, 0.0, 1.0
    values = (values - values.mean(axis=0)) / values.std(axis=0)
    difference = values[treated].mean(axis=0) - values[~treated].mean(axis=0)
    scale = len(values) / (treated.sum() * (~treated).sum())
    covariance = np.cov(values, rowvar=False).reshape(values.shape[1], -1) * scale
    inverse = np.linalg.pinv(covariance, rcond=1e-9, hermitian=True)
    statistic = float(difference @ inverse @ difference)
    degrees = float(np.linalg.matrix_rank(covariance, rtol=1e-9, hermitian=True))
    return statistic, degrees, float(stats.chi2.sf(statistic, degrees))


def _gains(good: np.ndarray, treated: np.ndarray, score: np.ndarray) -> tuple[FloatArray, FloatArray]:
    order = np.argsort(-score, kind="stable")
    good, treated, score = good[order], treated[order], score[order]
    last_of_equals = np.append(np.flatnonzero(np.diff(score)), len(score) - 1)
    sums = [np.cumsum(part)[last_of_equals] for part in (treated, ~treated, good & treated, good & ~treated)]
    n_treated, n_control, good_treated, good_control = (values.astype(float) for values in sums)
    of_controls = np.divide(good_control, n_control, out=np.zeros_like(good_control), where=n_control > 0)
    gain = good_treated - of_controls * n_treated
    return np.append(0.0, last_of_equals + 1.0), np.append(0.0, gain)


def _rate(
    good: npt.ArrayLike, n: npt.ArrayLike, comparisons: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.asarray(good, dtype=float) / np.asarray(n, dtype=float)
    return rate, *wilson_interval(good, n, comparisons=comparisons)
