"""Intervals of 95 % for rates, for means over rows or folds and for any statistic."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

FloatArray = npt.NDArray[np.float64]

CONFIDENCE = 0.95


@cache
def normal_quantile(comparisons: int = 1) -> float:
    """Return how many standard errors a 95 % interval reaches to each side.

    Parameters
    ----------
    comparisons : int
        How many intervals are to hold their truths all together, for example one per feature.

    Returns
    -------
    float
        1.96 for one, more for several (Bonferroni).

    References
    ----------
    Dunn, O. J. (1961). Multiple comparisons among means. Journal of the American Statistical Association 56,
    52-64.
    """
    return float(stats.norm.ppf(1 - (1 - CONFIDENCE) / (2 * comparisons)))


Z = normal_quantile()


def wilson_interval(
    successes: npt.ArrayLike, trials: npt.ArrayLike, *, comparisons: int = 1
) -> tuple[FloatArray, FloatArray]:
    """Return Wilson's score interval of a rate.

    Parameters
    ----------
    successes : array_like
        Number of successes.
    trials : array_like
        Number of trials, of the same shape.
    comparisons : int
        How many intervals are to hold their truths all together, as in `normal_quantile`.

    Returns
    -------
    low, high : numpy.ndarray
        Ends of the 95 % interval; nan where there was no trial.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal of the
    American Statistical Association 22, 209-212.
    """
    n, z = np.asarray(trials, dtype=float), normal_quantile(comparisons)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.asarray(successes, dtype=float) / n
        centre = (rate + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * np.sqrt(rate * (1 - rate) / n + z**2 / (4 * n**2))
    # Rounding must not put the end of an interval inside the rate it belongs to (0 and 1).
    return np.minimum(np.maximum(centre - half, 0), rate), np.maximum(np.minimum(centre + half, 1), rate)


def bounded_interval(value: float, error: float) -> tuple[float, float, float]:
    """Return a figure between 0 and 1 with value plus and minus 1.96 standard errors, held inside 0 and 1.

    Parameters
    ----------
    value, error : float
        The figure and its standard error; nan where it isn't known.

    Returns
    -------
    value, low, high : float
        The ends are nan without an error.
    """
    low, high = np.clip([value - Z * error, value + Z * error], 0.0, 1.0)
    return value, float(low), float(high)


def difference_interval(
    one: tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike],
    other: tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike],
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the difference of two independent figures with its interval, from the intervals of both.

    The squares of the distances to the ends that make the difference smallest, and largest, add up, so that
    the interval stays as lopsided as those it is made of.

    Parameters
    ----------
    one, other : tuple of three array_like
        Value, low and high of each figure, all of the same shape.

    Returns
    -------
    value, low, high : numpy.ndarray
        One less the other, with an interval of the same confidence as the two; nan where a part is nan.

    References
    ----------
    Newcombe, R. G. (1998). Interval estimation for the difference between independent proportions: comparison
    of eleven methods. Statistics in Medicine 17, 873-890. Method 10, if the two are Wilson's.
    """
    (value, low, high), (other_value, other_low, other_high) = (
        (np.asarray(part, dtype=float) for part in figure) for figure in (one, other)
    )
    difference = value - other_value
    return (
        difference,
        difference - np.hypot(value - low, other_high - other_value),
        difference + np.hypot(high - value, other_value - other_low),
    )


def ratio_interval(
    one: tuple[float, float, float], other: tuple[float, float, float]
) -> tuple[float, float, float]:
    """Return the ratio of two independent rates with its interval, from the intervals of both.

    As `difference_interval`, for a ratio (MOVER-R): the ends are where one rate less the other times the
    ratio can no longer be told from zero.

    Parameters
    ----------
    one, other : tuple of three float
        Value, low and high of each rate, 0 or more.

    Returns
    -------
    value, low, high : float
        One by the other, with an interval of the same confidence as the two; nan if the other is 0.

    References
    ----------
    Donner, A. and Zou, G. Y. (2012). Closed-form confidence intervals for functions of the normal mean and
    standard deviation. Statistical Methods in Medical Research 21, 347-359.
    """
    (value, low, high), (other_value, other_low, other_high) = one, other
    if not other_value > 0:
        return float("nan"), float("nan"), float("nan")
    ratio, product = value / other_value, value * other_value
    least, most = low * (2 * value - low), high * (2 * value - high)
    near, far = other_low * (2 * other_value - other_low), other_high * (2 * other_value - other_high)
    # The smaller root in the form that doesn't divide by `far`, which may be zero.
    below = product + np.sqrt(product**2 - least * far)
    above = product + np.sqrt(product**2 - most * near)
    # Rounding must not put the end of an interval inside the ratio it belongs to.
    return (
        ratio,
        min(least / below, ratio) if below > 0 else 0.0,
        max(above / near, ratio) if near > 0 else float("inf"),
    )


def row_mean_interval(
    values: npt.ArrayLike, *, comparisons: int = 1, starts: npt.NDArray[np.int64] | None = None
) -> tuple[float, float, float]:
    """Return the mean over rows of a figure that each row has alone, such as a loss, with its interval.

    For such figures of a cross-validation the spread over folds is no standard error: stratified folds all
    hold the same share of events, and what differs between files but not between folds would go missing.

    Parameters
    ----------
    values : array_like of shape (rows,) or (rows, repeats)
        The figure of each row, by models that haven't seen it. Repeats of a row are averaged, since they tell
        nothing of other rows.
    comparisons : int
        How many intervals are to hold their truths all together, as in `normal_quantile`.
    starts : numpy.ndarray, optional
        The first row of each subject, whose rows come one after the other; without it each row is one's own.

    Returns
    -------
    mean, low, high : float
        The mean and the 95 % interval by the normal distribution; the ends are nan with fewer than two
        subjects.

    References
    ----------
    Bayle, P., Bayle, A., Janson, L. and Mackey, L. (2020). Cross-validation confidence intervals for test
    error. Advances in Neural Information Processing Systems 33.
    """
    figures = np.asarray(values, dtype=float)
    of_rows = figures if figures.ndim == 1 else figures.mean(axis=1)
    mean = float(of_rows.mean())
    away = of_rows - mean if starts is None else np.add.reduceat(of_rows - mean, starts)
    subjects = len(away)
    if subjects < 2:
        return mean, float("nan"), float("nan")
    error = np.sqrt((away**2).sum() * subjects / (subjects - 1)) / len(of_rows)
    half = float(normal_quantile(comparisons) * error)
    return mean, mean - half, mean + half


def fold_interval(
    values: npt.ArrayLike, test_to_train: float, *, comparisons: int = 1
) -> tuple[float, float, float]:
    """Return the mean over the folds of a (repeated) cross-validation with its interval.

    Folds share training rows, so their spread alone is too small a standard error; Nadeau and Bengio's
    correction adds the ratio of test to training rows: variance = s^2 (1 / folds + test / train). For the
    importance of features, whose models differ from fold to fold. Of a metric it has a width that chance
    sets: losses take `row_mean_interval`, rankings their own (`metrics.ranking_intervals`).

    Parameters
    ----------
    values : array_like of shape (folds,)
        The figure in each fold.
    test_to_train : float
        Test rows by training rows, for example 0.25 with five folds.
    comparisons : int
        How many intervals are to hold their truths all together, as in `normal_quantile`.

    Returns
    -------
    mean, low, high : float
        The mean and the 95 % interval by Student's t; the ends are nan with fewer than two folds.

    References
    ----------
    Nadeau, C. and Bengio, Y. (2003). Inference for the generalization error. Machine Learning 52, 239-281.
    """
    figures = np.asarray(values, dtype=float)
    mean = float(figures.mean())
    if len(figures) < 2:
        return mean, float("nan"), float("nan")
    error = np.sqrt(figures.var(ddof=1) * (1 / len(figures) + test_to_train))
    half = float(stats.t.ppf(1 - (1 - CONFIDENCE) / (2 * comparisons), len(figures) - 1) * error)
    return mean, mean - half, mean + half


def bootstrap_interval(
    statistic: Callable[..., float],
    *arrays: npt.NDArray[Any],
    resamples: int,
    random: np.random.Generator,
) -> tuple[float, float, float]:
    """Return a statistic with its interval by resampling rows.

    The interval is the value plus and minus 1.96 bootstrap standard errors: it holds the value also for a
    statistic that resampling shifts, such as the expected calibration error.

    Parameters
    ----------
    statistic : callable
        Takes the arrays, returns one number.
    *arrays : numpy.ndarray of shape (rows, ...)
        Arrays whose rows belong together.
    resamples : int
        How many times the rows are drawn again.
    random : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    value, low, high : float
        The statistic of all rows and its 95 % interval. Resamples in which it isn't defined are left
        out; nan where it isn't defined at all.

    References
    ----------
    Efron, B. (1979). Bootstrap methods: another look at the jackknife. Annals of Statistics 7, 1-26.
    """
    value = float(statistic(*arrays))
    if np.isnan(value):
        return value, value, value
    rows = len(arrays[0])
    drawn = np.array(
        [
            statistic(*(array[choice] for array in arrays))
            for choice in (random.integers(0, rows, rows) for _ in range(resamples))
        ]
    )
    half = Z * float(np.nanstd(drawn, ddof=1))
    return value, value - half, value + half
