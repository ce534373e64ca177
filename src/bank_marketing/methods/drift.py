"""Drift: whether a population still looks like the one that a model was fitted on.

`reference` keeps what the comparison needs (shares of bins, no row of a person), `measure` holds a later
population against it, `judge` says what has changed and what needs action, `compare` does both. All
thresholds stand here and nowhere else.

Two questions, two answers. *Has it changed?* A test says so, and in many customers also of what is too small
to matter. *Does it need action?* Only if the distance of the two distributions is large, too, which doesn't
grow with the number of customers: for numbers the largest distance of the distribution functions, for names
half the sum of the differences of shares, for missing values the difference of their shares. A later
population usually is the earlier one with new customers added, so that their difference is diluted: 30 % new
customers who have nothing in common with the old ones are at a distance of 0.23.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

ALPHA = 0.01
LEAST_DISTANCE = 0.1
BINS = 10
# Levels of a categorical feature that count by themselves; rarer ones are one bin together. Many, since the
# most frequent of a few are that by chance, too, and would be fewer in any later population.
LEVELS = 200
GRID_PARTS = 200
# Expected rows below which the chi-squared distribution is no guide (Cochran): such levels are tested as one.
# Which these are is told by both populations together, so that neither has more of them by choice.
LEAST_EXPECTED = 5
# Added to each bin, since a bin that is empty in one population would make the index infinite.
PSEUDO_COUNT = 0.5

NUMBERS, NAMES, MISSING = "kolmogorov_smirnov", "chi_square", "missing_share"
MEASURE_COLUMNS = ("feature", "kind", "distance", "psi", "p_value", "n_reference", "n")


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


def measure(known: Mapping[str, Any], frame: pd.DataFrame) -> pd.DataFrame:
    """Hold a population against the one a reference was made of, without a verdict.

    Parameters
    ----------
    known : mapping of str to any
        What `reference` returned.
    frame : DataFrame of shape (n, ...)
        The later population; columns that the reference doesn't know are ignored.

    Returns
    -------
    DataFrame
        One row a feature for its values, and one for its missing values if either population has some, with
        `MEASURE_COLUMNS`. kind is 'kolmogorov_smirnov' for numbers, 'chi_square' for names (of two levels
        Fisher's exact test) or 'missing_share' (Fisher's, too); distance is 0 to 1; psi is the population
        stability index over bins, those of missing values included, which decides nothing; n_reference and n
        are the rows with a value, for missing shares all rows. The tests take the populations for
        independent; where the later one holds the earlier one they are on the safe side. Without rows on one
        side all figures are missing. A distance of numbers is taken on the reference's grid: at most 0.01 too
        low.

    Raises
    ------
    ValueError
        If a column of the reference is missing.

    References
    ----------
    Cochran, W. G. (1954). Some methods for strengthening the common chi-squared tests. Biometrics 10,
    417-451.
    """
    absent = [name for name in known if name not in frame.columns]
    if absent:
        raise ValueError(f"Columns {absent} of the reference are missing; found {list(frame.columns)}.")
    rows = [
        row for name, of_feature in known.items() for row in _measure_feature(name, of_feature, frame[name])
    ]
    return pd.DataFrame(rows, columns=list(MEASURE_COLUMNS))


def judge(measured: pd.DataFrame) -> pd.DataFrame:
    """Say what has changed, and what has changed so far that somebody must act.

    Parameters
    ----------
    measured : DataFrame
        Distances and p-values that are judged together, with `MEASURE_COLUMNS` and perhaps others.

    Returns
    -------
    DataFrame
        The same with p_value_corrected (Bonferroni over the rows that have a p-value); visible_distance, from
        which on a distance of numbers or of two levels is told from chance in as many rows; is_changed, where
        the corrected p-value is below `ALPHA`; and needs_action, where is_changed and the distance is
        `LEAST_DISTANCE` or more. All null where nothing could be compared.

    References
    ----------
    Massart, P. (1990). The tight constant in the Dvoretzky-Kiefer-Wolfowitz inequality. Annals of
    Probability 18, 1269-1283.
    """
    p_value, distance = (measured[name].astype(float) for name in ("p_value", "distance"))
    comparisons = max(int(p_value.notna().sum()), 1)
    corrected = (p_value * comparisons).clip(upper=1)
    rows = 1 / measured["n_reference"].astype(float) + 1 / measured["n"].astype(float)
    is_changed = (corrected < ALPHA).astype("boolean").mask(corrected.isna())
    return measured.assign(
        p_value_corrected=corrected,
        visible_distance=np.sqrt(np.log(2 * comparisons / ALPHA) / 2 * rows).where(corrected.notna()),
        is_changed=is_changed,
        needs_action=(is_changed & (distance >= LEAST_DISTANCE)).mask(corrected.isna()),
    )


def compare(known: Mapping[str, Any], frame: pd.DataFrame) -> pd.DataFrame:
    """Hold a population against the one a reference was made of: `judge` what `measure` returns."""
    return judge(measure(known, frame))


def needs_refit(comparison: pd.DataFrame) -> bool:
    """Tell whether a population has changed so far that models fitted on the earlier one need a refit.

    Parameters
    ----------
    comparison : DataFrame
        What `compare` returned.

    Returns
    -------
    bool
        True if some feature needs action.
    """
    return bool(comparison["needs_action"].eq(True).any())


def explain(comparison: pd.DataFrame) -> str:
    """Say in a sentence what has changed so far that it needs action.

    Parameters
    ----------
    comparison : DataFrame
        What `compare` returned.

    Returns
    -------
    str
        The features with their distances, the furthest first.
    """
    acting = comparison[comparison["needs_action"].eq(True)].sort_values("distance", ascending=False)
    if acting.empty:
        return "No feature drifts."
    return "Drift in " + ", ".join(
        f"{'missing values of ' if row.kind == MISSING else ''}{row.feature} (distance {row.distance:.2f},"
        f" action from {LEAST_DISTANCE:.2f} on)"
        for row in acting.itertuples()
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


def _measure_feature(name: str, known: Mapping[str, Any], values: pd.Series) -> list[tuple[Any, ...]]:
    earlier = np.array(known["counts"])
    if known["kind"] == "numeric":
        numbers = _numbers(values)
        later = np.array(_count_bins(numbers, known["edges"]))
    else:
        later = np.array(_count_levels(values, known["levels"]))
    psi = stability_index(earlier, later)
    # The last bin holds the missing values.
    n_reference, n = int(earlier[:-1].sum()), int(later[:-1].sum())
    if not n_reference or not n:
        kind = NUMBERS if known["kind"] == "numeric" else NAMES
        distance, p_value = np.nan, np.nan
    elif known["kind"] == "numeric":
        kind = NUMBERS
        distance, p_value = _kolmogorov_smirnov(known, numbers[~np.isnan(numbers)], n_reference)
    else:
        kind = NAMES
        distance, p_value = _shares_apart(*_named_counts(known, values))
    rows = [(name, kind, distance, psi, p_value, n_reference, n)]
    if earlier.sum() and later.sum() and earlier[-1] + later[-1]:
        missing = [np.array([counts[-1], counts[:-1].sum()]) for counts in (earlier, later)]
        distance, p_value = _shares_apart(*missing)
        rows.append((name, MISSING, distance, np.nan, p_value, int(earlier.sum()), int(later.sum())))
    return rows


def _kolmogorov_smirnov(
    known: Mapping[str, Any], numbers: np.ndarray, n_reference: int
) -> tuple[float, float]:
    gaps = np.array(_distribution(numbers, known["grid"])) - np.array(known["below"])
    distance = float(np.abs(gaps).max())
    rows = n_reference * len(numbers) / (n_reference + len(numbers))
    return distance, float(stats.kstwo.sf(distance, max(1, round(rows))))


def _named_counts(known: Mapping[str, Any], values: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Count each level of either population; those that the reference keeps together stay so."""
    levels, (*named, others, _) = known["levels"], known["counts"]
    counts = _texts(values).value_counts()
    unseen = counts[~counts.index.isin(levels)].to_numpy()
    earlier, later = np.array(named), counts.reindex(levels, fill_value=0).to_numpy()
    if others:
        return np.append(earlier, others), np.append(later, unseen.sum())
    return np.append(earlier, np.zeros(len(unseen), dtype=int)), np.append(later, unseen)


def _shares_apart(earlier: np.ndarray, later: np.ndarray) -> tuple[float, float]:
    """Return half the sum of the differences of shares, and how likely chance puts them as far apart."""
    distance = float(np.abs(earlier / earlier.sum() - later / later.sum()).sum() / 2)
    table = np.vstack([earlier, later])[:, earlier + later > 0]
    if table.shape[1] > 2:
        is_rare = (stats.contingency.expected_freq(table) < LEAST_EXPECTED).any(axis=0)
        rare = table[:, is_rare].sum(axis=1, keepdims=True)
        table = np.hstack([table[:, ~is_rare], rare]) if is_rare.any() else table
    if table.shape[1] < 2:
        return distance, 1.0
    if table.shape[1] == 2:
        return distance, float(stats.fisher_exact(table).pvalue)
    return distance, float(stats.chi2_contingency(table, correction=False).pvalue)


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
