"""Whether data hold natural clusters: gaps between groups that customers who weren't in the fit show, too.

Groups are fitted on half the rows. The other half's members of each pair of groups are projected on the line
between the two centres; if there is a gap, the projection has two modes, and Hartigan's dip test says so. All
pairs must show it, and groups of resamples must be the same groups.

A silhouette that is higher than that of shuffled columns is no such test: it calls a correlated cloud clustered,
and misses four blobs on a grid, where the columns shuffled each by itself give the same grid.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from bank_marketing.methods.clustering import Clustering, choose_candidate, compare_candidates, fit_clustering
from bank_marketing.methods.dip import dip_p_value, dip_statistic

ALPHA = 0.01
LEAST_AGREEMENT = 0.8
# A pair with fewer members in the second half shows no gap, whatever the dip: nothing is known of it.
LEAST_MEMBERS = 10

PAIR_COLUMNS = ("first", "second", "dip", "p_value", "threshold", "n")


def halve(n: int, *, seed: int) -> np.ndarray:
    """Draw the half of the rows that groups are fitted on.

    Parameters
    ----------
    n : int
        Number of rows.
    seed : int
        Same seed, same half.

    Returns
    -------
    ndarray of bool, shape (n,)
        True in half of the places.
    """
    return np.random.default_rng(seed).permutation(n) < n // 2


def spread_ties(frame: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """Spread equal values evenly up to the middle between them and their neighbours.

    Each value of a discrete feature is a mode to the dip, which has nothing to do with groups.

    Parameters
    ----------
    frame : DataFrame of shape (n, n_features)
        Numeric features, nothing else; missing values stay.
    seed : int
        Same seed, same places.

    Returns
    -------
    DataFrame of shape (n, n_features)
        Values that one row alone has are as they were.
    """
    rng = np.random.default_rng(seed)
    spread = {}
    for name in frame:
        values = frame[name].to_numpy(dtype=float, na_value=np.nan).copy()
        known = ~np.isnan(values)
        points, which, counts = np.unique(values[known], return_inverse=True, return_counts=True)
        if len(points) > 1:
            gaps = np.diff(points) / 2
            down, up = np.r_[gaps[0], gaps], np.r_[gaps, gaps[-1]]
            place = rng.uniform(-down[which], up[which])
            values[known] += np.where(counts[which] > 1, place, 0)
        spread[name] = values
    return pd.DataFrame(spread, index=frame.index)


def without_binary(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out features with at most two values: each would make two groups by itself.

    Parameters
    ----------
    frame : DataFrame
        Features.

    Returns
    -------
    DataFrame
        Those with three values or more.
    """
    return frame[[name for name in frame if frame[name].nunique() > 2]]


def choose_groups(frame: pd.DataFrame, *, seed: int, restarts: int) -> tuple[pd.DataFrame, str, int]:
    """Choose method and number of groups on the half of the rows that groups are fitted on.

    Parameters
    ----------
    frame : DataFrame of shape (n, n_features)
        Numeric features, nothing else.
    seed : int
        Draws the half.
    restarts : int
        Starts of k-means.

    Returns
    -------
    criteria : DataFrame
        As `compare_candidates` returns it.
    method : str
        'k_means' or 'gaussian_mixture'.
    k : int
        Number of groups.
    """
    first_half = spread_ties(frame, seed=seed)[halve(len(frame), seed=seed)]
    criteria = compare_candidates(first_half, seed=seed, restarts=restarts)
    return criteria, *choose_candidate(criteria)


def find_gaps(frame: pd.DataFrame, method: str, k: int, *, seed: int, restarts: int) -> pd.DataFrame:
    """Test for a gap between each pair of groups with the rows that weren't in the fit.

    Parameters
    ----------
    frame : DataFrame of shape (n, n_features)
        Numeric features, nothing else.
    method : {'k_means', 'gaussian_mixture'}
        How groups are made.
    k : int
        Number of groups.
    seed : int
        Draws the half, as in `choose_groups`, and spreads ties.
    restarts : int
        Starts of k-means.

    Returns
    -------
    DataFrame
        One row a pair with `PAIR_COLUMNS`: the numbers of the groups in the half's fit from 1, dip, p_value
        (1 with too few members), threshold (1 % over the number of pairs) and members n.
    """
    spread = spread_ties(frame, seed=seed)
    in_fit = halve(len(frame), seed=seed)
    groups = fit_clustering(spread[in_fit], k, method=method, seed=seed, restarts=restarts)
    others = spread[~in_fit]
    number, _ = groups.assign(others)
    pairs = list(combinations(range(k), 2))
    rows = [
        (first + 1, second + 1, *_gap(groups, others, number, first, second, ALPHA / len(pairs)))
        for first, second in pairs
    ]
    return pd.DataFrame(rows, columns=list(PAIR_COLUMNS))


def is_clustered(pairs: pd.DataFrame, agreement: float) -> bool:
    """Tell whether groups are natural clusters.

    Parameters
    ----------
    pairs : DataFrame
        What `find_gaps` returns.
    agreement : float
        Mean adjusted Rand index between the groups and those of resamples.

    Returns
    -------
    bool
        True if every pair has a gap and the agreement reaches `LEAST_AGREEMENT`.
    """
    return bool((pairs["p_value"] < pairs["threshold"]).all() and agreement >= LEAST_AGREEMENT)


def _gap(
    groups: Clustering, others: pd.DataFrame, number: np.ndarray, first: int, second: int, threshold: float
) -> tuple[float, float, float, int]:
    members = groups.scale.apply(others[(number == first) | (number == second)])
    if len(members) < LEAST_MEMBERS:
        return float("nan"), 1.0, threshold, len(members)
    dip = dip_statistic(members @ (groups.centres[second] - groups.centres[first]))
    return dip, dip_p_value(dip, len(members)), threshold, len(members)
