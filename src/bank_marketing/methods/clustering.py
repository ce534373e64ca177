"""Clustering of standardised features: how many groups, how well told apart, and who belongs where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, calinski_harabasz_score, silhouette_score
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import NearestNeighbors

CANDIDATES = range(2, 9)
# Silhouette compares all pairs: beyond this many rows a random part says the same.
SILHOUETTE_ROWS = 2_000


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
    """Groups around centres in standardised feature space, as plain arrays.

    Parameters
    ----------
    scale : Scale
        What standardises the features.
    centres : ndarray of shape (k, n_features)
        Standardised centres, the largest group first.
    """

    scale: Scale
    centres: np.ndarray

    def assign(self, frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Return each row's group and how clearly it belongs there.

        Parameters
        ----------
        frame : DataFrame of shape (n, ...)
            Columns `features`.

        Returns
        -------
        group : ndarray of int, shape (n,)
            Number of the nearest centre, from 0.
        strength : ndarray of shape (n,)
            1 - (distance to the nearest centre) / (distance to the second nearest): 1 at the centre, 0 on the
            border between two groups.
        """
        distances = np.linalg.norm(self.scale.apply(frame)[:, None, :] - self.centres, axis=2)
        nearest, second = np.sort(distances, axis=1)[:, :2].T
        strength = 1 - np.divide(nearest, second, out=np.ones_like(nearest), where=second > 0)
        return distances.argmin(axis=1), strength


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


def fit_clustering(frame: pd.DataFrame, k: int, *, seed: int, restarts: int) -> Clustering:
    """Group rows by k-means on standardised features.

    Parameters
    ----------
    frame : DataFrame of shape (n, n_features)
        Numeric features, nothing else; missing values count as the mean.
    k : int
        Number of groups, 2 or more.
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
    by_size = np.argsort(-np.bincount(means.labels_, minlength=k), kind="stable")
    return Clustering(scale, means.cluster_centers_[by_size])


def compare_group_numbers(frame: pd.DataFrame, *, seed: int, restarts: int) -> pd.DataFrame:
    """Measure groupings into 2 to 8 groups by three criteria.

    Parameters
    ----------
    frame : DataFrame of shape (n, n_features)
        Numeric features, nothing else.
    seed : int
        Same seed, same figures.
    restarts : int
        Starts of k-means; the Gaussian mixture starts from the best of them.

    Returns
    -------
    DataFrame
        One row for each k, the index, with the columns silhouette and calinski_harabasz (k-means, the
        higher the better) and bic (Gaussian mixture with full covariances, the lower the better).
    """
    points = fit_scale(frame).apply(frame)
    rows = {}
    for k in CANDIDATES:
        means = KMeans(k, n_init=restarts, random_state=seed).fit(points)
        mixture = GaussianMixture(k, means_init=means.cluster_centers_, random_state=seed).fit(points)
        rows[k] = {
            "silhouette": silhouette(points, means.labels_, seed=seed),
            "calinski_harabasz": float(calinski_harabasz_score(points, means.labels_)),
            "bic": float(mixture.bic(points)),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def choose_group_number(criteria: pd.DataFrame) -> int:
    """Return the number of groups with the best mean rank over the criteria; of equals the smallest.

    Parameters
    ----------
    criteria : DataFrame
        What `compare_group_numbers` returns.

    Returns
    -------
    int
        Number of groups.
    """
    ranks = criteria.assign(bic=-criteria["bic"]).rank(ascending=False)
    return int(ranks.mean(axis=1).idxmin())


def silhouette(points: np.ndarray, labels: np.ndarray, *, seed: int) -> float:
    """Return the mean silhouette (Rousseeuw 1987), on a random part of the rows if there are many.

    Parameters
    ----------
    points : ndarray of shape (n, n_features)
        Standardised features.
    labels : ndarray of shape (n,)
        Group of each row, two groups or more.
    seed : int
        Draws the part.

    Returns
    -------
    float
        From -1 to 1; 0 means that groups run into each other.
    """
    size = SILHOUETTE_ROWS if len(points) > SILHOUETTE_ROWS else None
    return float(silhouette_score(points, labels, sample_size=size, random_state=seed))


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


def hopkins_statistic(frame: pd.DataFrame, *, seed: int, probes: int = 200) -> float:
    """Return Hopkins' statistic of standardised features: whether rows lie closer together than uniform ones.

    With u the distances from `probes` uniform points of the bounding box to their nearest rows and w those
    from as many rows to their nearest other rows, both to the power of the dimension: sum u / (sum u + sum
    w) (Hopkins and Skellam, Annals of Botany 18, 1954, 213-227).

    Parameters
    ----------
    frame : DataFrame of shape (n, n_features)
        Numeric features, nothing else.
    seed : int
        Draws the probes.
    probes : int
        Number of probes, at most a tenth of the rows are used.

    Returns
    -------
    float
        About 0.5 for uniform data, towards 1 for clustered data. Any dense middle raises it too, so it is
        no test.
    """
    points = fit_scale(frame).apply(frame)
    n, dimensions = points.shape
    rng = np.random.default_rng(seed)
    count = max(1, min(probes, n // 10))
    uniform = rng.uniform(points.min(axis=0), points.max(axis=0), size=(count, dimensions))
    chosen = points[rng.choice(n, count, replace=False)]
    neighbours = NearestNeighbors(n_neighbors=2).fit(points)
    from_uniform = neighbours.kneighbors(uniform)[0][:, 0] ** dimensions
    from_rows = neighbours.kneighbors(chosen)[0][:, 1] ** dimensions
    return float(from_uniform.sum() / (from_uniform.sum() + from_rows.sum()))


def bootstrap_stability(
    frame: pd.DataFrame, clustering: Clustering, *, seed: int, restarts: int, resamples: int
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
    resamples : int
        How many times rows are drawn with replacement and grouped anew.

    Returns
    -------
    ndarray of shape (resamples,)
        Adjusted Rand index over all rows: 1 if the groups are the same, about 0 if they agree by chance.
    """
    rng = np.random.default_rng(seed)
    groups, _ = clustering.assign(frame)
    agreement = []
    for _ in range(resamples):
        drawn = frame.iloc[rng.integers(0, len(frame), len(frame))]
        again = fit_clustering(drawn, len(clustering.centres), seed=seed, restarts=restarts)
        agreement.append(adjusted_rand_score(groups, again.assign(frame)[0]))
    return np.array(agreement)
