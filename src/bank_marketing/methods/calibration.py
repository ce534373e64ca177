"""Calibration: whether a predicted 30 % happens in 30 % of the cases."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit
from scipy.stats import rankdata
from sklearn.isotonic import IsotonicRegression

from bank_marketing.methods.intervals import Z, wilson_interval
from bank_marketing.methods.ridge_logit import newton

FloatArray = npt.NDArray[np.float64]

BINS = 10
CALIBRATIONS = ("none", "sigmoid", "isotonic")
# Gives a line its end where probabilities part the outcomes, or are all the same.
LEAST_PENALTY = 1e-6


def equal_count_bins(probability: npt.ArrayLike, bins: int = BINS) -> npt.NDArray[np.int64]:
    """Return the bin of each row, where all bins hold the same number of rows as far as ties let them.

    Equal probabilities go whole to the bin of the middle of their ranks: parted, they would fall into bins by
    the order of the rows, which tells nothing of them.

    Parameters
    ----------
    probability : array_like of shape (rows,)
        Predicted probabilities.
    bins : int
        Number of bins.

    Returns
    -------
    numpy.ndarray of shape (rows,)
        The bin of each row, 1 with the highest probabilities, as deciles count. Where many are equal, bins
        differ in size and some have no row; without ties they differ by one row at most.
    """
    ranks = rankdata(-np.asarray(probability, dtype=float))
    # Twice the ranks are whole numbers, so that no rounding moves a row over the edge of a bin.
    return np.rint(2 * ranks - 1).astype(np.int64) * bins // (2 * max(len(ranks), 1)) + 1


def reliability_curve(outcome: npt.ArrayLike, probability: npt.ArrayLike, bins: int = BINS) -> pd.DataFrame:
    """Compare predicted and observed rates in bins of equal count.

    Parameters
    ----------
    outcome : array_like of shape (rows,)
        0 or 1.
    probability : array_like of shape (rows,)
        Predicted probability of 1.
    bins : int
        Number of bins; empty ones are left out.

    Returns
    -------
    pandas.DataFrame
        One row per bin, as `equal_count_bins` numbers them: bin, predicted (mean), observed (rate),
        observed_low, observed_high (Wilson), n.
    """
    rows = pd.DataFrame(
        {
            "bin": equal_count_bins(probability, bins),
            "predicted": np.asarray(probability, dtype=float),
            "observed": np.asarray(outcome, dtype=float),
        }
    )
    curve = rows.groupby("bin").agg(
        predicted=("predicted", "mean"),
        observed=("observed", "mean"),
        events=("observed", "sum"),
        n=("observed", "size"),
    )
    low, high = wilson_interval(curve["events"], curve["n"])
    curve = curve.assign(observed_low=low, observed_high=high).reset_index()
    return curve[["bin", "predicted", "observed", "observed_low", "observed_high", "n"]]


def bins_outside(curve: pd.DataFrame) -> int:
    """Count the bins whose prediction lies outside the interval of what was observed.

    Parameters
    ----------
    curve : pandas.DataFrame
        What `reliability_curve` returned.

    Returns
    -------
    int
        0 to the number of bins; chance alone puts one bin in twenty outside.
    """
    is_inside = curve["predicted"].between(curve["observed_low"], curve["observed_high"])
    return int((~is_inside).sum())


def expected_calibration_error(outcome: npt.ArrayLike, probability: npt.ArrayLike, bins: int = BINS) -> float:
    """Return the mean distance of predicted and observed rates over bins of equal count.

    Parameters
    ----------
    outcome : array_like of shape (rows,)
        0 or 1.
    probability : array_like of shape (rows,)
        Predicted probability of 1.
    bins : int
        Number of bins.

    Returns
    -------
    float
        Between 0 (calibrated) and 1. Chance alone gives about 0.8 sqrt(bins / rows) standard deviations of
        the outcome.

    References
    ----------
    Naeini, M. P., Cooper, G. F. and Hauskrecht, M. (2015). Obtaining well calibrated probabilities using
    Bayesian binning. AAAI 29, 2901-2907.
    """
    number = equal_count_bins(probability, bins)
    excess = np.bincount(number, np.asarray(outcome, dtype=float) - np.asarray(probability, dtype=float))
    return float(np.abs(excess).sum() / len(number))


def calibration_error_interval(
    outcome: npt.ArrayLike,
    probability: FloatArray,
    *,
    resamples: int,
    random: np.random.Generator,
    bins: int = BINS,
) -> tuple[float, float, float]:
    """Return the calibration error with its interval by resampling rows.

    Rows are put in order once; of each resample only how often a row is drawn is counted, which is ten times
    faster than ranking it anew.

    Parameters
    ----------
    outcome : array_like of shape (rows,)
        0 or 1.
    probability : numpy.ndarray of shape (rows, repeats)
        Predicted probabilities of 1; the error is the mean over the repeats.
    resamples : int
        How many times the rows are drawn again.
    random : numpy.random.Generator
        Source of randomness.
    bins : int
        Number of bins.

    Returns
    -------
    value, low, high : float
        `expected_calibration_error`, plus and minus 1.96 bootstrap standard errors: the interval holds the
        value, though resampling raises it.

    References
    ----------
    Efron, B. (1979). Bootstrap methods: another look at the jackknife. Annals of Statistics 7, 1-26.
    """
    rows = len(probability)
    value = float(np.mean([expected_calibration_error(outcome, column, bins) for column in probability.T]))
    orders = np.argsort(-probability, axis=0, kind="stable").T
    repeats = []
    for order, of_repeat in zip(orders, probability.T, strict=True):
        is_last = np.append(np.diff(of_repeat[order]) != 0, True)
        tie = np.cumsum(is_last) - is_last
        repeats.append((order, np.flatnonzero(is_last), tie, (np.asarray(outcome) - of_repeat)[order]))
    drawn = []
    for _ in range(resamples):
        times = np.bincount(random.integers(0, rows, rows), minlength=rows)
        errors = []
        for order, last, tie, excess in repeats:
            # The middle of the ranks of equal ones, twice over, as `equal_count_bins` has it.
            ends = np.cumsum(times[order])[last]
            number = (ends + np.append(0, ends[:-1])) * bins // (2 * rows)
            errors.append(np.abs(np.bincount(number[tie], times[order] * excess)).sum() / rows)
        drawn.append(np.mean(errors))
    half = Z * float(np.std(drawn, ddof=1))
    return value, value - half, value + half


def spread_by_subjects(
    outcome: npt.ArrayLike, probability: FloatArray, starts: npt.NDArray[np.int64]
) -> float:
    """Return by what rows of a subject, which go together, widen the spread of rates; 1 if they don't.

    Parameters
    ----------
    outcome : array_like of shape (rows,)
        0 or 1; rows of a subject one after the other.
    probability : numpy.ndarray of shape (rows,)
        Of a 1.
    starts : numpy.ndarray
        The first row of each subject.

    Returns
    -------
    float
        Root of the design effect, at least 1.
    """
    missed = np.asarray(outcome, dtype=float) - probability
    together = (np.add.reduceat(missed, starts) ** 2).sum() / (missed**2).sum()
    return float(np.sqrt(max(together, 1.0)))


def calibration_error_by_chance(curve: pd.DataFrame) -> float:
    """Return the calibration error that probabilities would have although they are exactly right.

    Parameters
    ----------
    curve : pandas.DataFrame
        What `reliability_curve` returned; columns predicted and n are read.

    Returns
    -------
    float
        Expectation of `expected_calibration_error`: in each bin, the mean distance of a normal variable with
        the variance of a rate from its mean.
    """
    variance = curve["predicted"] * (1 - curve["predicted"]) / curve["n"]
    return float(np.average(np.sqrt(2 * variance / np.pi), weights=curve["n"]))


def fit_calibrator(kind: str, probability: FloatArray, outcome: npt.NDArray[np.int64]) -> dict[str, Any]:
    """Fit a map from probabilities to calibrated ones.

    Parameters
    ----------
    kind : {'none', 'sigmoid', 'isotonic'}
        sigmoid: a line through the log-odds; isotonic: a rising step curve, kept half an event off 0 and 1.
    probability : numpy.ndarray of shape (rows,)
        Probabilities of rows that the model hasn't seen.
    outcome : numpy.ndarray of shape (rows,)
        0 or 1.

    Returns
    -------
    dict
        kind and its plain parameters.

    References
    ----------
    Platt, J. (1999). Probabilistic outputs for support vector machines. Zadrozny, B. and Elkan, C. (2002).
    Transforming classifier scores into accurate multiclass probability estimates. KDD, 694-699.
    """
    if kind == "sigmoid":
        intercept, slope = _fit_line(log_odds(probability), np.asarray(outcome, dtype=float))
        return {"kind": kind, "slope": slope, "intercept": intercept}
    if kind == "isotonic":
        half_an_event = 0.5 / len(outcome)
        steps = IsotonicRegression(y_min=half_an_event, y_max=1 - half_an_event).fit(probability, outcome)
        return {"kind": kind, "probability": steps.X_thresholds_, "calibrated": steps.y_thresholds_}
    return {"kind": "none"}


def _fit_line(odds: FloatArray, outcome: FloatArray) -> tuple[float, float]:
    """Return intercept and slope of the log-odds of a 1, by Newton's steps."""

    def loss(line: FloatArray) -> float:
        at = line[0] + line[1] * odds
        return float((np.logaddexp(0, at) - outcome * at).sum() + LEAST_PENALTY * line @ line / 2)

    def step(line: FloatArray) -> FloatArray:
        chance = expit(line[0] + line[1] * odds)
        missed, weight = outcome - chance, chance * (1 - chance)
        slope = np.array([missed.sum(), missed @ odds]) - LEAST_PENALTY * line
        across = weight @ odds
        curvature = np.array([[weight.sum(), across], [across, weight @ odds**2]])
        return np.asarray(np.linalg.solve(curvature + LEAST_PENALTY * np.eye(2), slope))

    intercept, slope = newton(np.array([0.0, 1.0]), step, loss)
    return float(intercept), float(slope)


def apply_calibrator(calibrator: Mapping[str, Any], probability: FloatArray) -> FloatArray:
    """Map probabilities to calibrated ones.

    Parameters
    ----------
    calibrator : mapping
        What `fit_calibrator` returned.
    probability : numpy.ndarray of shape (rows,)
        Probabilities of the model.

    Returns
    -------
    numpy.ndarray of shape (rows,)
        Calibrated probabilities.
    """
    if calibrator["kind"] == "sigmoid":
        line = calibrator["slope"] * log_odds(probability) + calibrator["intercept"]
        return np.asarray(expit(line))
    if calibrator["kind"] == "isotonic":
        return np.asarray(np.interp(probability, calibrator["probability"], calibrator["calibrated"]))
    return probability


def log_odds(probability: FloatArray) -> FloatArray:
    """Return log-odds of probabilities, of 0 and 1 those of a millionth off.

    Parameters
    ----------
    probability : numpy.ndarray of shape (rows,)
        Between 0 and 1.

    Returns
    -------
    numpy.ndarray of shape (rows,)
        Between -13.8 and 13.8.
    """
    inside = np.clip(probability, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(inside / (1 - inside)))
