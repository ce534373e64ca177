"""How well predicted values rank customers and meet what they brought."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import stats

from bank_marketing.methods.intervals import Z

FloatArray = npt.NDArray[np.float64]

TENTHS = 10


def gini(values: npt.ArrayLike, predicted: npt.ArrayLike) -> FloatArray:
    """Return the Gini coefficient of a ranking by that of the perfect one: 1 is perfect, 0 by chance.

    Parameters
    ----------
    values : array_like of shape (customers,)
        What each brought.
    predicted : array_like of shape (..., customers)
        By what they are ranked; ties share what they brought.

    Returns
    -------
    numpy.ndarray of shape (...)
        nan where all brought the same.
    """
    brought = np.asarray(values, dtype=float)
    perfect = _area(brought, brought)
    return _area(brought, np.asarray(predicted, dtype=float)) / (perfect if perfect > 0 else np.nan)


def _area(brought: FloatArray, score: FloatArray) -> FloatArray:
    """Return the covariance of what was brought with the rank, which is the area up to a constant."""
    rank = stats.rankdata(score, axis=-1) - (len(brought) + 1) / 2
    return np.asarray(np.mean(brought * rank, axis=-1))


def spearman(values: npt.ArrayLike, predicted: npt.ArrayLike) -> FloatArray:
    """Return Spearman's rank correlation, shape as `gini`; nan where one side is constant."""
    one, other = stats.rankdata(values), stats.rankdata(predicted, axis=-1)
    spread = one.std() * other.std(axis=-1)
    middle = (len(one) + 1) / 2
    return np.asarray(
        np.mean((one - middle) * (other - middle), axis=-1) / np.where(spread > 0, spread, np.nan)
    )


def top_tenth_share(values: npt.ArrayLike, predicted: npt.ArrayLike) -> FloatArray:
    """Return the share of everything that the highest tenth brought; ties at the border count in part."""
    brought, score = np.asarray(values, dtype=float), np.asarray(predicted, dtype=float)
    size = int(np.ceil(len(brought) / TENTHS))
    border = np.sort(score, axis=-1)[..., -size, None]
    above, at = score > border, score == border
    part = (size - above.sum(axis=-1)) / at.sum(axis=-1)
    total = brought.sum()
    return np.asarray((above @ brought + at @ brought * part) / (total if total > 0 else np.nan))


def mean_absolute_error(values: npt.ArrayLike, predicted: npt.ArrayLike) -> FloatArray:
    """Return the mean distance of the prediction from what was brought, shape as `gini`."""
    distance = np.abs(np.asarray(values, dtype=float) - np.asarray(predicted, dtype=float))
    return np.asarray(np.mean(distance, axis=-1))


METRICS = {
    "gini": gini,
    "spearman": spearman,
    "top_tenth_share": top_tenth_share,
    "mean_absolute_error": mean_absolute_error,
}


def resampled_metrics(
    values: npt.ArrayLike, predictions: npt.ArrayLike, *, resamples: int, seed: int
) -> dict[str, FloatArray]:
    """Return each metric of each set of predictions over the same resampled customers.

    Parameters
    ----------
    values : array_like of shape (customers,)
        What each brought.
    predictions : array_like of shape (candidates, customers)
        Predictions of several candidates, which are compared in pairs.
    resamples : int
        How many.
    seed : int
        Of the draws.

    Returns
    -------
    dict of str to numpy.ndarray of shape (resamples, candidates)
        By metric.
    """
    random = np.random.default_rng(seed)
    brought, scores = np.asarray(values, dtype=float), np.asarray(predictions, dtype=float)
    drawn = {name: np.empty((resamples, len(scores))) for name in METRICS}
    for number in range(resamples):
        rows = random.integers(0, len(brought), len(brought))
        for name, metric in METRICS.items():
            drawn[name][number] = metric(brought[rows], scores[:, rows])
    return drawn


def choose(drawn: FloatArray, metrics: npt.ArrayLike) -> int:
    """Choose the best candidate, or the simplest one that can't be told from it.

    Parameters
    ----------
    drawn : numpy.ndarray of shape (resamples, candidates)
        The metric over the same resamples, the simplest candidate first; larger is better.
    metrics : array_like of shape (candidates,)
        The metric over all customers.

    Returns
    -------
    int
        The first candidate whose difference from the best has a 95 % interval that holds 0.
    """
    figures = np.asarray(metrics, dtype=float)
    best = int(np.nanargmax(figures))
    for candidate, figure in enumerate(figures):
        half = Z * float(np.nanstd(drawn[:, candidate] - drawn[:, best], ddof=1))
        if candidate == best or figures[best] - figure <= half:
            return candidate
    return best


def tenths(predicted: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return the tenth of each customer by prediction, 1 the highest; equal predictions stay together."""
    score = np.asarray(predicted, dtype=float)
    rank = stats.rankdata(-score, method="average")
    found: npt.NDArray[np.int64] = np.clip(np.ceil(rank / len(score) * TENTHS), 1, TENTHS).astype(np.int64)
    return found
