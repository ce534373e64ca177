"""Drift: whether a population still looks like the one that a model was fitted on.

`reference` keeps what the comparison needs (shares of bins, no row of a person), `compare` holds a later
population against it, `needs_refit` judges. All thresholds stand here and nowhere else.

A later population usually is the earlier one with new customers added, so that their difference is diluted:
with 30 % new customers who have nothing in common with the old ones, the population stability index is 0.29.
Hence the threshold is where a shift is usually called moderate (0.1) and not where it is called large (0.25).
With few rows the index is high by chance alone; the threshold is then the value that chance passes once in a
hundred comparisons.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

PSI_THRESHOLD = 0.1
ALPHA = 0.01
BINS = 10
# Levels of a categorical feature that count by themselves; rarer ones are one bin together.
LEVELS = 20
GRID_PARTS = 200
# Added to each bin, since a bin that is empty in one population would make the index infinite.
PSEUDO_COUNT = 0.5

COMPARISON_COLUMNS = (
    "feature",
    "test",
    "psi",
    "psi_threshold",
    "statistic",
    "p_value",
    "p_value_corrected",
    "n_reference",
    "n",
    "is_drifting",
)


def reference(frame: pd.DataFrame) -> dict[str, Any]:
    """Keep what tells later whether a population has changed.

    Parameters
    ----------
    frame : DataFrame of shape (n, n_features)
        Features alone, without ids and outcomes. Numbers are numeric features, booleans and texts
        categorical.

    Returns
    -------
    dict of str to any
        One entry a feature, plain values that artefacts and JSON hold: counts of bins, and for numeric
        features the edges of the bins and the distribution function on a grid of quantiles. Missing values
        are a bin of their own.

    Raises
    ------
    TypeError
        If a column holds dates or times.
    """
    return {str(name): _describe(frame[name]) for name in frame.columns}


def compare(known: Mapping[str, Any], frame: pd.DataFrame) -> pd.DataFrame:
    """Hold a population against the one a reference was made of.

    Parameters
    ----------
    known : mapping of str to any
        What `reference` returned.
    frame : DataFrame of shape (n, ...)
        The later population; columns that the reference doesn't know are ignored.

    Returns
    -------
    DataFrame
        One row a feature with `COMPARISON_COLUMNS`: psi, the population stability index over the bins, and
        the psi_threshold above which is_drifting; test ('kolmogorov_smirnov' for numeric features,
        'chi_square' for categorical ones) with its statistic, p_value and p_value_corrected (Bonferroni over
        the features); n_reference and n, the rows with a value. The tests take the populations for
        independent; where the later one holds the earlier one they are on the safe side. Without rows on one
        side everything is missing and nothing drifts. A statistic of numbers is taken on the reference's
        grid: at most 0.01 too low.

    Raises
    ------
    ValueError
        If a column of the reference is missing.

    References
    ----------
    Yurdakul, B. (2018). Statistical properties of the population stability index. Western Michigan
    University: index times n1 n2 / (n1 + n2) is about chi-squared with one degree of freedom less than bins.
    """
    absent = [name for name in known if name not in frame.columns]
    if absent:
        raise ValueError(f"Columns {absent} of the reference are missing; found {list(frame.columns)}.")
    rows = [_compare_feature(name, of_feature, frame[name], len(known)) for name, of_feature in known.items()]
    return pd.DataFrame(rows, columns=list(COMPARISON_COLUMNS)).astype({"is_drifting": bool})


def needs_refit(comparison: pd.DataFrame) -> bool:
    """Tell whether a population has changed so far that models fitted on the earlier one need a refit.

    Parameters
    ----------
    comparison : DataFrame
        What `compare` returned.

    Returns
    -------
    bool
        True if some feature drifts.
    """
    return bool(comparison["is_drifting"].any())


def explain(comparison: pd.DataFrame) -> str:
    """Say in a sentence what has drifted.

    Parameters
    ----------
    comparison : DataFrame
        What `compare` returned.

    Returns
    -------
    str
        The drifting features with their index and threshold, the furthest first.
    """
    drifting = comparison[comparison["is_drifting"]].sort_values("psi", ascending=False)
    if drifting.empty:
        return "No feature drifts."
    return "Drift in " + ", ".join(
        f"{row.feature} (PSI {row.psi:.2f}, threshold {row.psi_threshold:.2f})"
        for row in drifting.itertuples()
    )


def stability_index(expected: Iterable[float], found: Iterable[float]) -> float:
    """Return the population stability index of two counts over the same bins.

    The sum over the bins of (found share - expected share) * log(found share / expected share), with half a
    row added to each bin.

    Parameters
    ----------
    expected, found : iterable of float, length n_bins
        Counts of the earlier and of the later population.

    Returns
    -------
    float
        0 if the shares are the same; nan if a population has no rows.
    """
    earlier, later = np.array(list(expected), dtype=float), np.array(list(found), dtype=float)
    if not earlier.sum() or not later.sum():
        return float("nan")
    if np.array_equal(earlier, later):
        return 0.0
    earlier, later = earlier + PSEUDO_COUNT, later + PSEUDO_COUNT
    earlier, later = earlier / earlier.sum(), later / later.sum()
    return float(((later - earlier) * np.log(later / earlier)).sum())


def stability_threshold(n_reference: int, n: int, bins: int, comparisons: int) -> float:
    """Return the index above which a feature drifts.

    Parameters
    ----------
    n_reference, n : int
        Rows of the two populations, 1 or more.
    bins : int
        Bins that hold a row of either.
    comparisons : int
        Features that are judged together.

    Returns
    -------
    float
        `PSI_THRESHOLD`, or what chance passes with the probability `ALPHA` over all comparisons if that is
        more.
    """
    quantile = stats.chi2.isf(ALPHA / comparisons, max(bins - 1, 1))
    return max(PSI_THRESHOLD, float(quantile) * (1 / n_reference + 1 / n))


def _describe(values: pd.Series) -> dict[str, Any]:
    if pd.api.types.is_datetime64_any_dtype(values) or pd.api.types.is_timedelta64_dtype(values):
        raise TypeError(f"Column {values.name} holds times, expected numbers, booleans or texts.")
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        numbers = _numbers(values)
        found = numbers[~np.isnan(numbers)]
        edges = _quantiles(found, BINS)
        grid = _quantiles(found, GRID_PARTS)
        return {
            "kind": "numeric",
            "edges": edges,
            "counts": _count_bins(numbers, edges),
            "grid": grid,
            "below": _distribution(found, grid),
        }
    counts = _texts(values).value_counts()
    # Of equally frequent levels the first in the alphabet, so that the order of rows doesn't matter.
    levels = counts.sort_index().sort_values(ascending=False, kind="stable").index[:LEVELS].tolist()
    return {"kind": "categorical", "levels": levels, "counts": _count_levels(values, levels)}


def _compare_feature(
    name: str, known: Mapping[str, Any], values: pd.Series, comparisons: int
) -> tuple[Any, ...]:
    earlier = np.array(known["counts"])
    if known["kind"] == "numeric":
        test, numbers = "kolmogorov_smirnov", _numbers(values)
        later = np.array(_count_bins(numbers, known["edges"]))
    else:
        test = "chi_square"
        later = np.array(_count_levels(values, known["levels"]))
    # The last bin holds the missing values.
    n_reference, n = int(earlier[:-1].sum()), int(later[:-1].sum())
    psi, threshold = stability_index(earlier, later), float("nan")
    used = (earlier + later) > 0
    if earlier.sum() and later.sum():
        threshold = stability_threshold(int(earlier.sum()), int(later.sum()), int(used.sum()), comparisons)
    if known["kind"] == "numeric":
        statistic, p_value = _kolmogorov_smirnov(known, numbers[~np.isnan(numbers)], n_reference)
    else:
        statistic, p_value = _chi_square(earlier[:-1], later[:-1])
    corrected = min(1.0, p_value * comparisons) if not np.isnan(p_value) else p_value
    drifts = bool(psi > threshold)
    return name, test, psi, threshold, statistic, p_value, corrected, n_reference, n, drifts


def _kolmogorov_smirnov(
    known: Mapping[str, Any], numbers: np.ndarray, n_reference: int
) -> tuple[float, float]:
    if not n_reference or not len(numbers):
        return float("nan"), float("nan")
    gaps = np.array(_distribution(numbers, known["grid"])) - np.array(known["below"])
    statistic = float(np.abs(gaps).max())
    rows = n_reference * len(numbers) / (n_reference + len(numbers))
    return statistic, float(stats.kstwo.sf(statistic, max(1, round(rows))))


def _chi_square(earlier: np.ndarray, later: np.ndarray) -> tuple[float, float]:
    used = (earlier + later) > 0
    if not earlier.sum() or not later.sum():
        return float("nan"), float("nan")
    if used.sum() < 2:
        return 0.0, 1.0
    result = stats.chi2_contingency(np.vstack([earlier[used], later[used]]), correction=False)
    return float(result.statistic), float(result.pvalue)


def _numbers(values: pd.Series) -> np.ndarray:
    return values.to_numpy(dtype=float, na_value=np.nan)


def _texts(values: pd.Series) -> pd.Series:
    return values.dropna().astype(str)


def _quantiles(found: np.ndarray, parts: int) -> list[float]:
    """Part the values into equally frequent parts; a value that fills a part has one of its own."""
    if not len(found):
        return []
    points = np.quantile(found, np.arange(1, parts) / parts, method="inverted_cdf")
    edges, times = np.unique(points, return_counts=True)
    just_below = np.nextafter(edges[times > 1], -np.inf)
    return [float(edge) for edge in np.union1d(edges, just_below)]


def _count_bins(numbers: np.ndarray, edges: list[float]) -> list[int]:
    """Count (edge before, edge] of each bin, and the missing values last."""
    known = numbers[~np.isnan(numbers)]
    counts = np.bincount(np.searchsorted(edges, known, side="left"), minlength=len(edges) + 1)
    return [*map(int, counts), len(numbers) - len(known)]


def _count_levels(values: pd.Series, levels: list[str]) -> list[int]:
    """Count each level, then all others together, and the missing values last."""
    counts = _texts(values).value_counts()
    of_levels = [int(counts.get(level, 0)) for level in levels]
    return [*of_levels, int(counts.sum()) - sum(of_levels), int(values.isna().sum())]


def _distribution(found: np.ndarray, grid: list[float]) -> list[float]:
    """Return the share of values up to each point of a grid."""
    if not len(found):
        return [float("nan")] * len(grid)
    return [float(share) for share in np.searchsorted(np.sort(found), grid, side="right") / len(found)]
