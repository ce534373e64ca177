"""Clusters by k-means or a Gaussian mixture on standardised features: how many, and who belongs where."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import logsumexp
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import calinski_harabasz_score, silhouette_samples
from sklearn.mixture import GaussianMixture

from bank_marketing.methods.intervals import row_mean_interval

CANDIDATES = range(2, 9)
# Criteria, null data and resamples look at no more rows than this: a random part says the same.
SAMPLE_ROWS = 2_000
# Smallest variance of a mixture's component, of standardised features: without it a value that many share
# makes a component as narrow as one likes.
LEAST_VARIANCE = 0.01
# Groupings whose silhouettes differ by less are the same.
SAME_SILHOUETTE = 0.001
# Covariances between features are fitted only where a component has this many rows for each parameter.
ROWS_PER_PARAMETER = 5


@dataclass(frozen=True)
class Scale:
    """What standardises features.

    Parameters
    ----------
    features : list of str, length n_features
        Names of the features, in order.
    mean, deviation : ndarray of shape (n_features,)
        Mean and standard deviation in the fit; the deviation of a constant feature is 1.
    """

    features: list[str]
    mean: np.ndarray
    deviation: np.ndarray

    def apply(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the features in standard deviations from the mean; a missing value counts as the mean.

        Parameters
        ----------
        frame : DataFrame of shape (n, ...)
            Columns `features`; others are ignored.

        Returns
        -------
        ndarray of shape (n, n_features)
            Standardised values.
        """
        values = frame[self.features].to_numpy(dtype=float, na_value=np.nan)
        return np.asarray(np.nan_to_num((values - self.mean) / self.deviation))


@dataclass(frozen=True)
class Clustering:
    """Groups in standardised feature space, as plain arrays.

    Parameters
    ----------
    scale : Scale
        What standardises the features.
    centres : ndarray of shape (k, n_features)
        Standardised centres, the largest group first.
    weights : ndarray of shape (k,), optional
        Shares of a Gaussian mixture's components; none for k-means.
    precisions : ndarray of shape (k, n_features, n_features), optional
        Cholesky factors of the components' inverse covariances; none for k-means.
    """

    scale: Scale
    centres: np.ndarray
    weights: np.ndarray | None = None
    precisions: np.ndarray | None = None

    @classmethod
    def load(cls, stored: Mapping[str, Any]) -> Clustering:
        """Rebuild what `dataclasses.asdict` made of a clustering.

        Parameters
        ----------
        stored : mapping of str to any
            Fields of a `Clustering`, its scale as a mapping, too.

        Returns
        -------
        Clustering
            The same groups.
        """
        return cls(**{**stored, "scale": Scale(**stored["scale"])})

    def assign(self, frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Return each row's group and how clearly it belongs there.

        Parameters
        ----------
        frame : DataFrame of shape (n, ...)
            Columns `features`.

        Returns
        -------
        group : ndarray of int, shape (n,)
            Number of the nearest centre, or of the likeliest component of a mixture, from 0.
        strength : ndarray of shape (n,)
            1 where no other group comes into question, 0 on the border between two: 1 - (distance to the
            nearest centre) / (distance to the second nearest), for a mixture 1 - (probability of the second
            likeliest component) / (probability of the likeliest).
        """
        points = self.scale.apply(frame)
        if self.weights is None or self.precisions is None:
            distances = np.linalg.norm(points[:, None, :] - self.centres, axis=2)
            nearest, second = np.sort(distances, axis=1)[:, :2].T
            strength = 1 - np.divide(nearest, second, out=np.ones_like(nearest), where=second > 0)
            return distances.argmin(axis=1), strength
        likelihoods = _log_likelihoods(points, self.centres, self.weights, self.precisions)
        second, first = np.sort(likelihoods, axis=1)[:, -2:].T
        return likelihoods.argmax(axis=1), 1 - np.exp(second - first)


def fit_scale(frame: pd.DataFrame) -> Scale:
    """Learn what standardises the columns of a frame.

    Parameters
    ----------
    frame : DataFrame of shape (n, n_features)
        Numeric features, nothing else; missing values are left out.

    Returns
    -------
    Scale
        Means and standard deviations.
    """
    values = frame.to_numpy(dtype=float, na_value=np.nan)
    deviation = np.nanstd(values, axis=0)
    return Scale(list(frame.columns), np.nanmean(values, axis=0), np.where(deviation > 0, deviation, 1.0))


def fit_clustering(
    frame: pd.DataFrame, k: int, *, method: str = "k_means", seed: int, restarts: int
) -> Clustering:
    """Group rows on standardised features.

    Parameters
    ----------
    frame : DataFrame of shape (n, n_features)
        Numeric features, nothing else; missing values count as the mean.
    k : int
        Number of groups, 2 or more.
    method : {'k_means', 'gaussian_mixture'}
        A mixture starts from the groups of k-means.
    seed : int
        Same seed, same groups.
    restarts : int
        Starts of k-means, of which the best counts.

    Returns
    -------
    Clustering
        The groups, the largest first.
    """
    scale = fit_scale(frame)
    points = scale.apply(frame)
    means = KMeans(k, n_init=restarts, random_state=seed).fit(points)
    if method == "k_means":
        by_size = np.argsort(-np.bincount(means.labels_, minlength=k), kind="stable")
        return Clustering(scale, means.cluster_centers_[by_size])
    mixture = _fit_mixture(points, means.cluster_centers_, seed)
    by_size = np.argsort(-mixture.weights_, kind="stable")
    precisions = mixture.precisions_cholesky_[by_size]
    if mixture.covariance_type == "diag":
        precisions = precisions[:, :, None] * np.eye(points.shape[1])
    return Clustering(scale, mixture.means_[by_size], mixture.weights_[by_size], precisions)


def compare_candidates(frame: pd.DataFrame, *, seed: int, restarts: int) -> pd.DataFrame:
    """Measure groupings into 2 to 8 groups, by k-means and by Gaussian mixtures, by three criteria.

    Parameters
    ----------
    frame : DataFrame of shape (n, n_features)
        Numeric features, nothing else; at most `SAMPLE_ROWS` random rows are looked at.
    seed : int
        Same seed, same figures.
    restarts : int
        Starts of k-means; the mixture starts from the best of them.

    Returns
    -------
    DataFrame
        One row for each (method, k), the index, with the columns silhouette (with the ends silhouette_low
        and silhouette_high of its 95 % interval over rows at these groups), calinski_harabasz (both the
        higher the better) and bic (the lower the better; of k-means as the mixture of equal spheres that it
        stands for: Pelleg and Moore, X-means, ICML 2000).
    """
    points = fit_scale(frame).apply(take_sample(frame, seed=seed))
    rows = {}
    for k in CANDIDATES:
        means = KMeans(k, n_init=restarts, random_state=seed).fit(points)
        mixture = _fit_mixture(points, means.cluster_centers_, seed)
        rows["k_means", k] = _criteria(points, means.labels_, _bic_of_k_means(points, means))
        rows["gaussian_mixture", k] = _criteria(points, mixture.predict(points), float(mixture.bic(points)))
    criteria = pd.DataFrame.from_dict(rows, orient="index")
    criteria.index = pd.MultiIndex.from_tuples(criteria.index, names=["method", "k"])
    return criteria


def nominate_candidates(criteria: pd.DataFrame) -> list[tuple[str, int]]:
    """Return the grouping that each criterion likes best, those first that are good by all of them.

    Where there are clusters, criteria mostly agree. Where they don't, each has its case: silhouettes are
    misled by features that say nothing, where the BIC of a mixture isn't. A mixture that finds the groups of
    k-means gives way to it: that is simpler, and its strength of membership says more.

    Parameters
    ----------
    criteria : DataFrame
        What `compare_candidates` returns.

    Returns
    -------
    list of (str, int)
        One to three pairs of method and number of groups, by their mean rank over the criteria; of equals the
        one by k-means and then the one with fewer groups comes first.
    """
    simplest_first = criteria.sort_index(level=["method", "k"], ascending=[False, True])
    higher_is_better = simplest_first[["silhouette", "calinski_harabasz"]].assign(bic=-simplest_first["bic"])
    best = {_simplest(criteria, *higher_is_better[name].idxmax()) for name in higher_is_better}
    ranks = higher_is_better.rank(ascending=False, na_option="bottom").mean(axis=1)
    ordered = ranks.sort_values(kind="stable").index
    return [(str(method), int(k)) for method, k in ordered if (method, k) in best]


def _simplest(criteria: pd.DataFrame, method: str, k: int) -> tuple[str, int]:
    silhouette = criteria["silhouette"]
    is_as_good = silhouette["k_means", k] >= silhouette[method, k] - SAME_SILHOUETTE
    return ("k_means" if is_as_good else method), k


def silhouettes(points: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the silhouette of each row (Rousseeuw 1987).

    Parameters
    ----------
    points : ndarray of shape (n, n_features)
        Standardised features; all pairs of rows are compared.
    labels : ndarray of shape (n,)
        Group of each row.

    Returns
    -------
    ndarray of shape (n,)
        From -1 to 1; a mean of 0 says that groups run into each other. Nan if all rows are in one group or
        each in its own.
    """
    if not 1 < len(np.unique(labels)) < len(labels):
        return np.full(len(points), np.nan)
    return np.asarray(silhouette_samples(points, labels))


def take_sample(frame: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """Return at most `SAMPLE_ROWS` random rows in their order.

    Parameters
    ----------
    frame : DataFrame
        Any rows.
    seed : int
        Same seed, same rows.

    Returns
    -------
    DataFrame
        The rows themselves if they are no more.
    """
    if len(frame) <= SAMPLE_ROWS:
        return frame
    chosen = np.random.default_rng(seed).choice(len(frame), SAMPLE_ROWS, replace=False)
    return frame.iloc[np.sort(chosen)]


def _criteria(points: np.ndarray, labels: np.ndarray, bic: float) -> dict[str, float]:
    mean, low, high = row_mean_interval(silhouettes(points, labels))
    # A mixture may leave a component without a row that likes it best.
    several = len(np.unique(labels)) > 1
    between = float(calinski_harabasz_score(points, labels)) if several else float("nan")
    return {
        "silhouette": mean,
        "silhouette_low": low,
        "silhouette_high": high,
        "calinski_harabasz": between,
        "bic": bic,
    }


def _bic_of_k_means(points: np.ndarray, means: KMeans) -> float:
    n, dimensions = points.shape
    counts = np.bincount(means.labels_)
    variance = max(means.inertia_ / (n * dimensions), LEAST_VARIANCE)
    of_groups = float((counts * np.log(counts / n)).sum())
    likelihood = (
        of_groups - n * dimensions / 2 * np.log(2 * np.pi * variance) - means.inertia_ / (2 * variance)
    )
    parameters = len(counts) * (dimensions + 1)
    return float(parameters * np.log(n) - 2 * likelihood)


def _fit_mixture(points: np.ndarray, centres: np.ndarray, seed: int) -> GaussianMixture:
    n, dimensions = points.shape
    enough = n / len(centres) >= ROWS_PER_PARAMETER * dimensions * (dimensions + 1) / 2
    mixture = GaussianMixture(
        len(centres),
        covariance_type="full" if enough else "diag",
        means_init=centres,
        reg_covar=LEAST_VARIANCE,
        random_state=seed,
    )
    with warnings.catch_warnings():
        # Where there are no groups, a mixture wanders: its best is as good as that of another seed.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return mixture.fit(points)


def _log_likelihoods(
    points: np.ndarray, centres: np.ndarray, weights: np.ndarray, precisions: np.ndarray
) -> np.ndarray:
    """Return the logarithm of each component's share in each row, of shape (n, k)."""
    columns = []
    for centre, weight, factor in zip(centres, weights, precisions, strict=True):
        distances = (((points - centre) @ factor) ** 2).sum(axis=1)
        columns.append(np.log(weight) + np.log(np.diag(factor)).sum() - distances / 2)
    likelihoods = np.column_stack(columns)
    return np.asarray(likelihoods - logsumexp(likelihoods, axis=1, keepdims=True))
