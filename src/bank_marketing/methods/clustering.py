"""Clustering of standardised features: how many groups, how well told apart, and who belongs where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, calinski_harabasz_score, silhouette_samples
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import NearestNeighbors

from bank_marketing.methods.intervals import CONFIDENCE, row_mean_interval

CANDIDATES = range(2, 9)
# Silhouette compares all pairs: beyond this many rows a random part says the same.
SILHOUETTE_ROWS = 2_000
HOPKINS_PROBES = 200


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
        One row for each k, the index, with the columns silhouette (with the ends silhouette_low and
        silhouette_high of its 95 % interval over rows at these groups) and calinski_harabasz (k-means, the
        higher the better) and bic (Gaussian mixture with full covariances, the lower the better).
    """
    points = fit_scale(frame).apply(frame)
    rows = {}
    for k in CANDIDATES:
        means = KMeans(k, n_init=restarts, random_state=seed).fit(points)
        mixture = GaussianMixture(k, means_init=means.cluster_centers_, random_state=seed).fit(points)
        mean, low, high = row_mean_interval(silhouettes(points, means.labels_, seed=seed))
        rows[k] = {
            "silhouette": mean,
            "silhouette_low": low,
            "silhouette_high": high,
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
    higher_is_better = criteria[["silhouette", "calinski_harabasz"]].assign(bic=-criteria["bic"])
    ranks = higher_is_better.rank(ascending=False, na_option="bottom")
    return int(ranks.mean(axis=1).idxmin())


def silhouettes(points: np.ndarray, labels: np.ndarray, *, seed: int) -> np.ndarray:
    """Return the silhouette of each row (Rousseeuw 1987), or of a random part of the rows if there are many.

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
    ndarray of shape (min(n, 2000),)
        From -1 to 1; a mean of 0 says that groups run into each other. Nan if the part lies within one group.
    """
    if len(points) > SILHOUETTE_ROWS:
        part = np.random.default_rng(seed).choice(len(points), SILHOUETTE_ROWS, replace=False)
        points, labels = points[part], labels[part]
    if len(np.unique(labels)) < 2:
        return np.full(len(points), np.nan)
    return np.asarray(silhouette_samples(points, labels))


def draw_interval(figures: npt.ArrayLike) -> tuple[float, float, float]:
    """Return the mean of a figure over random draws, such as shuffles or resamples, with its interval.

    The interval says how well the mean over all possible draws is known. It doesn't say how far single draws
    differ, nor what other rows would give.

    Parameters
    ----------
    figures : array_like of shape (draws,)
        The figure in each draw; two draws or more.

    Returns
    -------
    mean, low, high : float
        The mean and its 95 % interval by Student's t.
    """
    values = np.asarray(figures, dtype=float)
    mean, draws = float(values.mean()), len(values)
    half = float(stats.t.ppf(0.5 + CONFIDENCE / 2, draws - 1) * values.std(ddof=1) / np.sqrt(draws))
    return mean, mean - half, mean + half


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


def silhouette_of_shuffled_columns(
    frame: pd.DataFrame, k: int, *, seed: int, restarts: int, draws: int
) -> np.ndarray:
    """Return what the silhouette is where nothing ties the features together.

    Parameters
    ----------
    frame : DataFrame of shape (n, n_features)
        Numeric features, nothing else.
    k : int
        Number of groups.
    seed : int
        Draws the shuffles.
    restarts : int
        Starts of k-means.
    draws : int
        How many times the columns are shuffled and grouped anew.

    Returns
    -------
    ndarray of shape (draws,)
        Mean silhouette of each shuffle.
    """
    means = []
    for draw in range(draws):
        shuffled = permute_columns(frame, seed=seed + draw)
        groups = fit_clustering(shuffled, k, seed=seed, restarts=restarts)
        values = silhouettes(groups.scale.apply(shuffled), groups.assign(shuffled)[0], seed=seed + draw)
        means.append(values.mean())
    return np.array(means)


def hopkins_probes(n: int) -> int:
    """Return how many probes a draw of Hopkins' statistic takes: 200, but a tenth of the rows at most.

    Parameters
    ----------
    n : int
        Number of rows.

    Returns
    -------
    int
        Number of probes, 1 or more.
    """
    return max(1, min(HOPKINS_PROBES, n // 10))


def hopkins_statistic(frame: pd.DataFrame, *, seed: int, draws: int) -> np.ndarray:
    """Return Hopkins' statistic of standardised features: whether rows lie closer together than uniform ones.

    With u the distances from uniform points (probes) of the bounding box to their nearest rows and w those
    from as many rows to their nearest other rows, both to the power of the dimension: sum u / (sum u + sum
    w) (Hopkins and Skellam, Annals of Botany 18, 1954, 213-227).

    Parameters
    ----------
    frame : DataFrame of shape (n, n_features)
        Numeric features, nothing else.
    seed : int
        Draws the probes.
    draws : int
        How many times probes are drawn, `hopkins_probes` of them each time.

    Returns
    -------
    ndarray of shape (draws,)
        About 0.5 for uniform data, towards 1 for clustered data. Any dense middle raises it too, so it is
        no test.
    """
    points = fit_scale(frame).apply(frame)
    n, dimensions = points.shape
    rng = np.random.default_rng(seed)
    count = hopkins_probes(n)
    neighbours = NearestNeighbors(n_neighbors=2).fit(points)
    figures = []
    for _ in range(draws):
        uniform = rng.uniform(points.min(axis=0), points.max(axis=0), size=(count, dimensions))
        chosen = points[rng.choice(n, count, replace=False)]
        from_uniform = (neighbours.kneighbors(uniform)[0][:, 0] ** dimensions).sum()
        from_rows = (neighbours.kneighbors(chosen)[0][:, 1] ** dimensions).sum()
        figures.append(from_uniform / (from_uniform + from_rows))
    return np.array(figures)


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
        How many times rows are drawn with replacement and grouped anew.

    Returns
    -------
    ndarray of shape (draws,)
        Adjusted Rand index over all rows: 1 if the groups are the same, about 0 if they agree by chance.
    """
    rng = np.random.default_rng(seed)
    groups, _ = clustering.assign(frame)
    agreement = []
    for _ in range(draws):
        drawn = frame.iloc[rng.integers(0, len(frame), len(frame))]
        again = fit_clustering(drawn, len(clustering.centres), seed=seed, restarts=restarts)
        agreement.append(adjusted_rand_score(groups, again.assign(frame)[0]))
    return np.array(agreement)
