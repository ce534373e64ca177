"""What speaks beside a verdict for or against clusters: null data, stability."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats
from sklearn.metrics import adjusted_rand_score

from bank_marketing.methods.clustering import (
    SAMPLE_ROWS,
    Clustering,
    fit_clustering,
    silhouettes,
    take_sample,
)
from bank_marketing.methods.intervals import CONFIDENCE


def draw_interval(figures: npt.ArrayLike) -> tuple[float, float, float]:
    """Return the mean of a figure over random draws, such as shuffles or resamples, with its interval.

    The interval says how well the mean over all possible draws is known. It doesn't say how far single draws
    differ, nor what other rows would give.

    Parameters
    ----------
    figures : array_like of shape (draws,)
        The figure in each draw; two draws or more. None of these figures can be above 1.

    Returns
    -------
    mean, low, high : float
        The mean and its 95 % interval by Student's t.
    """
    values = np.asarray(figures, dtype=float)
    mean, draws = float(values.mean()), len(values)
    half = float(stats.t.ppf(0.5 + CONFIDENCE / 2, draws - 1) * values.std(ddof=1) / np.sqrt(draws))
    return mean, mean - half, min(mean + half, 1.0)


def permute_columns(frame: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """Shuffle each column by itself: it keeps its distribution, but tells nothing of the others.

    Parameters
    ----------
    frame : DataFrame
        Any columns.
    seed : int
        Same seed, same order.

    Returns
    -------
    DataFrame
        The shuffled columns, the same index.
    """
    rng = np.random.default_rng(seed)
    return pd.DataFrame({name: rng.permutation(frame[name].to_numpy()) for name in frame}, index=frame.index)


def draw_from_copula(frame: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """Draw rows that have the columns' distributions and rank correlations, but no groups beyond those.

    Normal scores of the ranks have a covariance; as many normal rows are drawn with it and take over the
    values of their ranks (a Gaussian copula).

    Parameters
    ----------
    frame : DataFrame of shape (n, n_features)
        Numeric columns; a missing value counts as the mean.
    seed : int
        Same seed, same rows.

    Returns
    -------
    DataFrame of shape (n, n_features)
        Each column holds the values that it held before, in another order.
    """
    values = frame.fillna(frame.mean()).to_numpy(dtype=float)
    n, dimensions = values.shape
    rng = np.random.default_rng(seed)
    # Equal values get their ranks by chance, or they would correlate by their order.
    ranks = np.column_stack([np.lexsort((rng.random(n), column)).argsort() for column in values.T])
    scores = stats.norm.ppf((ranks + 0.5) / n)
    drawn = rng.multivariate_normal(
        np.zeros(dimensions), np.cov(scores, rowvar=False).reshape(dimensions, -1), n
    )
    places = drawn.argsort(axis=0).argsort(axis=0)
    return pd.DataFrame(np.take_along_axis(np.sort(values, axis=0), places, axis=0), columns=frame.columns)


def null_silhouettes(
    frame: pd.DataFrame,
    make_null: Callable[..., pd.DataFrame],
    k: int,
    *,
    method: str,
    seed: int,
    restarts: int,
    draws: int,
) -> np.ndarray:
    """Return what the silhouette is in data without groups, grouped the same way.

    Parameters
    ----------
    frame : DataFrame of shape (n, n_features)
        Numeric features, nothing else; at most `SAMPLE_ROWS` random rows, the same as for the criteria.
    make_null : callable
        `permute_columns` or `draw_from_copula`.
    k : int
        Number of groups.
    method : {'k_means', 'gaussian_mixture'}
        How they are made.
    seed : int
        Draws the null data.
    restarts : int
        Starts of k-means.
    draws : int
        How many times null data are drawn.

    Returns
    -------
    ndarray of shape (draws,)
        Mean silhouette of each draw.
    """
    rows = take_sample(frame, seed=seed)
    means = []
    for draw in range(draws):
        null = make_null(rows, seed=seed + draw)
        groups = fit_clustering(null, k, method=method, seed=seed, restarts=restarts)
        means.append(silhouettes(groups.scale.apply(null), groups.assign(null)[0]).mean())
    return np.array(means)


def bootstrap_stability(
    frame: pd.DataFrame, clustering: Clustering, *, seed: int, restarts: int, draws: int
) -> np.ndarray:
    """Return how far the groups of resampled rows agree with those of all rows.

    Parameters
    ----------
    frame : DataFrame of shape (n, n_features)
        The rows of the fit.
    clustering : Clustering
        Groups of all rows.
    seed : int
        Draws the resamples.
    restarts : int
        Starts of k-means.
    draws : int
        How many times rows are drawn with replacement, at most `SAMPLE_ROWS`, and grouped anew.

    Returns
    -------
    ndarray of shape (draws,)
        Adjusted Rand index over all rows: 1 if the groups are the same, about 0 if they agree by chance.
    """
    rng = np.random.default_rng(seed)
    method = "k_means" if clustering.weights is None else "gaussian_mixture"
    groups, _ = clustering.assign(frame)
    agreement = []
    for _ in range(draws):
        drawn = frame.iloc[rng.integers(0, len(frame), min(len(frame), SAMPLE_ROWS))]
        again = fit_clustering(drawn, len(clustering.centres), method=method, seed=seed, restarts=restarts)
        agreement.append(adjusted_rand_score(groups, again.assign(frame)[0]))
    return np.array(agreement)
