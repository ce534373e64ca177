"""Profiles of segments: how each differs from the population, and which differences chance doesn't explain.

Works on totals (number, mean, variance, third moment by segment and trait), so no customer's row is needed.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from bank_marketing.methods.intervals import CONFIDENCE, wilson_interval

# A mean over fewer has no test, and one over fewer than the second no interval: whether a rare large value is
# among them decides. Of amounts with long tails an interval over 20 misses the truth in one sample of six.
LEAST_CUSTOMERS, LEAST_FOR_INTERVAL = 20, 50
FALSE_DISCOVERY_RATE = 0.05
# What a trait is made of that tells whether a customer did anything: those who didn't are always set apart.
ACTIVITY = "activity"

SEGMENT_COLUMNS = ("segment_id", "segment_name", "method", "model_version")
TOTAL_COLUMNS = (
    *SEGMENT_COLUMNS,
    "theme",
    "trait",
    "kind",
    "made_of",
    "n",
    "mean",
    "variance",
    "third_moment",
    "lowest",
)
PROFILE_COLUMNS = (
    *SEGMENT_COLUMNS,
    "theme",
    "trait",
    "kind",
    "value",
    "value_low",
    "value_high",
    "n",
    "population_value",
    "population_index",
    "population_index_low",
    "population_index_high",
    "p_value",
    "p_value_corrected",
    "is_distinguishable",
    "is_by_construction",
)


@dataclass(frozen=True)
class Sample:
    """What a mean and its uncertainty need to know of a number of customers.

    Parameters
    ----------
    n : int
        Customers.
    mean : float
        Their mean; nan without customers.
    variance : float
        Their variance, by n - 1; nan with fewer than two.
    third_moment : float
        Mean of the cubes of their distances from the mean.
    """

    n: int
    mean: float
    variance: float
    third_moment: float


NOBODY = Sample(0, np.nan, np.nan, np.nan)


def pool(samples: Collection[Sample]) -> Sample:
    """Return what several samples together are, exactly as if counted at once.

    Parameters
    ----------
    samples : collection of Sample
        Samples that share no customer; those without customers are passed over.

    Returns
    -------
    Sample
        All of them as one.
    """
    there = [sample for sample in samples if sample.n > 0]
    n = sum(sample.n for sample in there)
    if not n:
        return NOBODY
    mean = sum(sample.n * sample.mean for sample in there) / n
    squares = cubes = 0.0
    for sample in there:
        away = sample.mean - mean
        own = sample.variance * (sample.n - 1) if sample.n > 1 else 0.0
        squares += own + sample.n * away**2
        cubes += sample.n * sample.third_moment + 3 * away * own + sample.n * away**3
    return Sample(n, mean, squares / (n - 1) if n > 1 else np.nan, cubes / n)


def mean_interval(sample: Sample) -> tuple[float, float]:
    """Return the 95 % interval of a mean that allows for skewness, as amounts of money have it.

    Hall's transformation takes the skewness out of Student's t and is turned back at its quantiles, so the
    interval reaches further to the side of the long tail.

    Parameters
    ----------
    sample : Sample
        The customers.

    Returns
    -------
    low, high : float
        Ends of the interval; nan where the spread isn't known: fewer than two customers, or all alike.

    References
    ----------
    Hall, P. (1992). On the removal of skewness by transformation. Journal of the Royal Statistical Society B
    54, 221-228.
    """
    if sample.n < 2 or not sample.variance > 0:
        return np.nan, np.nan
    error = np.sqrt(sample.variance / sample.n)
    skewness = sample.third_moment / sample.n**2 / error**3
    reach = stats.t.ppf(0.5 + CONFIDENCE / 2, sample.n - 1)
    low, high = (_skew(side, skewness) for side in (reach, -reach))
    return sample.mean - error * low, sample.mean - error * high


def mean_p_value(one: Sample, other: Sample) -> float:
    """Return how likely means differ at least this much by chance.

    The larger of two p-values, so that it holds where either does: of a group drawn at random from both
    (which long tails don't mislead; Pearson's type III with the exact moments of such a draw), and of Welch's
    t freed of skewness (which unequal spreads don't mislead).

    Parameters
    ----------
    one, other : Sample
        Two samples that share no customer.

    Returns
    -------
    float
        Two-sided p-value; nan where either has fewer than `LEAST_CUSTOMERS`. Where neither varies at all,
        that of Fisher's exact test.

    References
    ----------
    Mielke, P. W. and Berry, K. J. (2007). Permutation methods: a distance function approach. Springer.
    Zhou, X.-H. and Dinh, P. (2005). Nonparametric confidence intervals for the one- and two-sample problems.
    Biostatistics 6, 187-200.
    """
    if min(one.n, other.n) < LEAST_CUSTOMERS:
        return np.nan
    if not one.variance + other.variance > 0:
        return rate_p_value(one.n, one.n, 0, other.n) if one.mean != other.mean else 1.0
    return max(_random_group_p_value(one, other), _welch_p_value(one, other))


def rate_p_value(events: int, n: int, other_events: int, other_n: int) -> float:
    """Return how likely two rates differ at least this much by chance (Fisher's exact test, two-sided).

    Parameters
    ----------
    events, n : int
        Customers with the event, and customers.
    other_events, other_n : int
        The same of the others.

    Returns
    -------
    float
        The p-value; nan where a side has no customer.

    References
    ----------
    Fisher, R. A. (1935). The logic of inductive inference. Journal of the Royal Statistical Society 98,
    39-82.
    """
    if not n or not other_n:
        return np.nan
    return float(stats.fisher_exact([[events, n - events], [other_events, other_n - other_events]])[1])


def share_of_whole(
    value: float,
    interval: tuple[float, float],
    rest: float,
    rest_interval: tuple[float, float],
    weight: float,
) -> tuple[float, float, float]:
    """Return a segment's mean by that of the whole, which holds the segment, with its 95 % interval.

    The ratio rest by segment gets its interval from the two (MOVER, which keeps them lopsided where they are
    so); segment by whole is a falling function of it. The ratio and its ends go through that one function, so
    that rounding can't put the figure outside its interval.

    Parameters
    ----------
    value, rest : float
        Means of the segment and of everybody else, neither below zero and not both zero; rest is nan where
        there is nobody else.
    interval, rest_interval : (float, float)
        Their 95 % intervals.
    weight : float
        Share of the whole that is in the segment, 0 to 1.

    Returns
    -------
    value, low, high : float
        The ratio (1 is like the whole) and the ends of its interval, which are nan where an interval is
        missing.

    References
    ----------
    Donner, A. and Zou, G. Y. (2012). Closed-form confidence intervals for functions of the normal mean and
    standard deviation. Statistical Methods in Medical Research 21, 347-359.
    """

    def of_whole(ratio: float) -> float:
        return float(1 / (weight + (1 - weight) * ratio)) if weight < 1 else 1.0

    ratio = rest / value if value > 0 else np.inf
    if np.isnan([rest, *interval, *rest_interval]).any():
        return of_whole(ratio), np.nan, np.nan
    (low, high), (rest_low, rest_high) = np.maximum(interval, 0), np.maximum(rest_interval, 0)
    product = value * rest
    above = rest_high * low * (2 * rest - rest_high) * (2 * value - low)
    below = rest_low * high * (2 * rest - rest_low) * (2 * value - high)
    root = np.sqrt(max(product**2 - above, 0))
    at_most = (product + root) / (low * (2 * value - low)) if low > 0 else np.inf
    divisor = product + np.sqrt(max(product**2 - below, 0))
    at_least = rest_low * (2 * rest - rest_low) / divisor if divisor > 0 else 0.0
    return of_whole(ratio), of_whole(max(at_most, ratio)), of_whole(min(at_least, ratio))


def profile_segments(
    totals: pd.DataFrame, *, clusters: Collection[str], rules: Collection[str]
) -> pd.DataFrame:
    """Compare each segment with the population, trait by trait.

    A test holds the segment against everybody else; the index holds it against the whole. Where segments were
    made by a trait, they differ in it by construction: no test would mean anything, so there is none, and the
    correction counts the others alone.

    Parameters
    ----------
    totals : DataFrame
        Columns `TOTAL_COLUMNS`, one row per segment and trait that anybody in it has. kind is 'rate' (of
        zeros and ones), 'share' (0 to 1), 'amount' or 'size' (n is the number of customers); made_of names
        the features that the trait is made of, separated by commas.
    clusters, rules : collection of str
        Features that segments are made of whose method is 'clusters', and 'rules'.

    Returns
    -------
    DataFrame
        Columns `PROFILE_COLUMNS`, one row per segment and trait; a trait that nobody in a segment has is nan
        there. p_value_corrected is Benjamini and Hochberg's over all rows that have a p-value.

    References
    ----------
    Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery rate. Journal of the Royal
    Statistical Society B 57, 289-300.
    """
    built_from = {"clusters": {ACTIVITY, *clusters}, "rules": {ACTIVITY, *rules}}
    # Pooled in this order, whatever that of the query: sums of floats differ by it in their last digits.
    totals = totals.sort_values("segment_id", kind="stable")
    segments = totals[list(SEGMENT_COLUMNS)].drop_duplicates()
    rows = []
    for (theme, trait, kind, made_of), group in totals.groupby(["theme", "trait", "kind", "made_of"]):
        samples = {
            row.segment_id: Sample(row.n, row.mean, row.variance, row.third_moment)
            for row in group.itertuples(index=False)
        }
        lowest = float(group["lowest"].min())
        for segment in segments.to_dict("records"):
            own = samples.get(segment["segment_id"], NOBODY)
            others = pool([sample for other, sample in samples.items() if other != segment["segment_id"]])
            figures = (
                _size(own.n, others.n, len(segments))
                if kind == "size"
                else _compare(own, others, kind=str(kind), lowest=lowest)
            )
            made = kind == "size" or not built_from[segment["method"]].isdisjoint(str(made_of).split(","))
            names = {"theme": theme, "trait": trait, "kind": kind, "n": own.n, "is_by_construction": made}
            rows.append({**segment, **names, **figures})
    profiles = pd.DataFrame(rows, columns=list(PROFILE_COLUMNS))
    profiles.loc[profiles["is_by_construction"].astype(bool), "p_value"] = np.nan
    p_values = profiles["p_value"].to_numpy(dtype=float)
    tested = ~np.isnan(p_values)
    adjusted = np.full(len(p_values), np.nan)
    if tested.any():
        adjusted[tested] = stats.false_discovery_control(p_values[tested], method="bh")
    different = pd.Series(adjusted <= FALSE_DISCOVERY_RATE, dtype="boolean").mask(~tested)
    return profiles.assign(p_value_corrected=adjusted, is_distinguishable=different.to_numpy(dtype=object))


def _size(n: int, others: int, segments: int) -> dict[str, Any]:
    low, high = wilson_interval(n, n + others)
    share = n / (n + others)
    return {
        "value": share,
        "value_low": float(low),
        "value_high": float(high),
        "population_value": 1 / segments,
        "population_index": 100 * segments * share,
        "population_index_low": 100 * segments * float(low),
        "population_index_high": 100 * segments * float(high),
        "p_value": np.nan,
    }


def _compare(sample: Sample, others: Sample, *, kind: str, lowest: float) -> dict[str, Any]:
    whole = pool([sample, others])
    interval, rest_interval = (_interval(part, kind, lowest) for part in (sample, others))
    if kind == "rate":
        events, other_events = (round(part.mean * part.n) if part.n else 0 for part in (sample, others))
        p_value = rate_p_value(events, sample.n, other_events, others.n)
    else:
        p_value = mean_p_value(sample, others)
    # A multiple of an average says something only of what can't be below zero.
    has_index = sample.n > 0 and whole.mean > 0 and lowest >= 0
    index, index_low, index_high = (
        share_of_whole(sample.mean, interval, others.mean, rest_interval, sample.n / whole.n)
        if has_index
        else (np.nan, np.nan, np.nan)
    )
    return {
        "value": sample.mean,
        "value_low": interval[0],
        "value_high": interval[1],
        "population_value": whole.mean,
        "population_index": 100 * index,
        "population_index_low": 100 * index_low,
        "population_index_high": 100 * index_high,
        "p_value": p_value,
    }


def _interval(sample: Sample, kind: str, lowest: float) -> tuple[float, float]:
    if not sample.n or (kind != "rate" and sample.n < LEAST_FOR_INTERVAL):
        return np.nan, np.nan
    if kind == "rate":
        low, high = (float(end) for end in wilson_interval(round(sample.mean * sample.n), sample.n))
    else:
        low, high = mean_interval(sample)
        # No mean can be below what can't be: amounts that are never negative, shares of 0 to 1.
        low, high = max(low, 0.0) if lowest >= 0 else low, min(high, 1.0) if kind == "share" else high
    # The mean was summed elsewhere, in another order: rounding must not put it outside its own interval.
    return float(np.minimum(low, sample.mean)), float(np.maximum(high, sample.mean))


def _random_group_p_value(one: Sample, other: Sample) -> float:
    both = pool([one, other])
    error = np.sqrt(both.variance / one.n * (1 - one.n / both.n))
    third_moment = (
        both.third_moment
        * ((both.n - one.n) * (both.n - 2 * one.n))
        / (one.n**2 * (both.n - 1) * (both.n - 2))
    )
    away, skewness = abs(one.mean - both.mean) / error, third_moment / error**3
    return float(stats.pearson3.sf(away, skewness) + stats.pearson3.cdf(-away, skewness))


def _welch_p_value(one: Sample, other: Sample) -> float:
    parts = np.array([one.variance / one.n, other.variance / other.n])
    error = np.sqrt(parts.sum())
    freedom = parts.sum() ** 2 / (parts**2 / [one.n - 1, other.n - 1]).sum()
    skewness = (one.third_moment / one.n**2 - other.third_moment / other.n**2) / error**3
    return float(2 * stats.t.sf(abs(_unskew((one.mean - other.mean) / error, skewness)), freedom))


def _unskew(student: float, skewness: float) -> float:
    """Transform Student's t of a mean whose standardised third cumulant is `skewness` (Hall)."""
    if abs(skewness) < 1e-9:
        return student
    return ((1 + skewness * student / 3) ** 3 - 1) / skewness + skewness / 6


def _skew(quantile: float, skewness: float) -> float:
    """Turn `_unskew` back."""
    if abs(skewness) < 1e-9:
        return quantile
    return 3 / skewness * (float(np.cbrt(1 + skewness * (quantile - skewness / 6))) - 1)
