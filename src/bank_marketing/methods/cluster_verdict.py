"""Whether data hold natural clusters: gaps between groups that customers who weren't in the fit show, too.

Groups are fitted on half the rows. The other half's members of each pair of groups are projected on the
line between the two centres; if there is a gap, the projection has two modes, and Hartigan's dip test says
so. All pairs must show it, and groups of resamples must be the same groups.

A silhouette that is higher than that of shuffled columns is no such test: it calls a correlated cloud
clustered, and misses four blobs on a grid, where columns shuffled each by itself give the same grid.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from bank_marketing.methods.cluster_evidence import bootstrap_stability
from bank_marketing.methods.clustering import (
    Clustering,
    compare_candidates,
    fit_clustering,
    nominate_candidates,
)
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


@dataclass(frozen=True)
class Judgement:
    """The best groups that were found, and whether they are natural clusters.

    Parameters
    ----------
    criteria : DataFrame
        Criteria of all candidates on the half of the fit, as `compare_candidates` returns them.
    method : str
        'k_means' or 'gaussian_mixture', of the candidate that counts.
    groups : Clustering
        Its groups, fitted on all rows.
    gaps : DataFrame
        What `find_gaps` returns.
    agreements : ndarray of shape (draws,)
        What `bootstrap_stability` returns.
    """

    criteria: pd.DataFrame
    method: str
    groups: Clustering
    gaps: pd.DataFrame
    agreements: np.ndarray

    @property
    def is_clustered(self) -> bool:
        """Whether every pair has a gap and resamples agree well enough."""
        return _all_have_gaps(self.gaps) and bool(self.agreements.mean() >= LEAST_AGREEMENT)


def judge(frame: pd.DataFrame, *, seed: int, restarts: int, draws: int) -> Judgement:
    """Find the best groups, and all that the verdict on them rests on.

    Each criterion nominates a candidate, on the half of the rows that the groups of the test are fitted on,
    so that the other half has no part in it. The first nominee with gaps between all groups counts; if none
    has, the first.

    Parameters
    ----------
    frame : DataFrame of shape (n, n_features)
        Numeric features, nothing else.
    seed : int
        Same seed, same judgement.
    restarts : int
        Starts of k-means.
    draws : int
        How many times rows are drawn again.

    Returns
    -------
    Judgement
        Whose `is_clustered` is the verdict.
    """
    first_half = spread_ties(frame, seed=seed)[halve(len(frame), seed=seed)]
    criteria = compare_candidates(first_half, seed=seed, restarts=restarts)
    nominees = nominate_candidates(criteria)
    tested = [
        (method, k, find_gaps(frame, method, k, seed=seed, restarts=restarts, alpha=ALPHA / len(nominees)))
        for method, k in nominees
    ]
    method, k, gaps = next((nominee for nominee in tested if _all_have_gaps(nominee[2])), tested[0])
    groups = fit_clustering(frame, k, method=method, seed=seed, restarts=restarts)
    agreements = bootstrap_stability(frame, groups, seed=seed, restarts=restarts, draws=draws)
    return Judgement(criteria, method, groups, gaps, agreements)


def find_gaps(
    frame: pd.DataFrame, method: str, k: int, *, seed: int, restarts: int, alpha: float = ALPHA
) -> pd.DataFrame:
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
        Draws the half, as in `judge`, and spreads ties.
    restarts : int
        Starts of k-means.
    alpha : float
        Level of all pairs together.

    Returns
    -------
    DataFrame
        One row a pair with `PAIR_COLUMNS`: the numbers of the groups in the half's fit from 1, dip, p_value
        (1 with too few members), threshold (alpha over the number of pairs) and members n.
    """
    spread = spread_ties(frame, seed=seed)
    in_fit = halve(len(frame), seed=seed)
    groups = fit_clustering(spread[in_fit], k, method=method, seed=seed, restarts=restarts)
    others = spread[~in_fit]
    number, _ = groups.assign(others)
    pairs = list(combinations(range(k), 2))
    rows = [
        (first + 1, second + 1, *_gap(groups, others, number, first, second, alpha / len(pairs)))
        for first, second in pairs
    ]
    return pd.DataFrame(rows, columns=list(PAIR_COLUMNS))


def _all_have_gaps(gaps: pd.DataFrame) -> bool:
    return bool((gaps["p_value"] < gaps["threshold"]).all())


def _gap(
    groups: Clustering, others: pd.DataFrame, number: np.ndarray, first: int, second: int, threshold: float
) -> tuple[float, float, float, int]:
    members = groups.scale.apply(others[(number == first) | (number == second)])
    if len(members) < LEAST_MEMBERS:
        return float("nan"), 1.0, threshold, len(members)
    dip = dip_statistic(members @ (groups.centres[second] - groups.centres[first]))
    return dip, dip_p_value(dip, len(members)), threshold, len(members)
