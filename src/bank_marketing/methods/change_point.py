"""Change point of a rate along an order: whether it changed at some place, and where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import xlogy

from bank_marketing.methods.intervals import wilson_interval

ALPHA = 0.01
# The first and the last 2 % are no place of a change: the rate of so few rows jumps by chance.
TRIM = 0.02
LEAST_LABELS = 100
# The p-value can't be below 1 / 1,000.
DRAWS = 999
# Places that are tried in a simulation; the true series is looked at row by row around the best of them.
PLACES = 1_000


@dataclass(frozen=True)
class ChangePoint:
    """Where a rate changes most, and whether chance explains it.

    Parameters
    ----------
    n : int
        Labels that are known.
    statistic : float
        Log likelihood ratio (doubled) of two rates against one, at the best place; nan for a short series.
    critical_value : float
        What chance passes once in a hundred series; nan for a short series.
    p_value : float
        Share of series without a change that have as high a statistic; nan for a short series.
    position : int or None
        Rows before the change, in the order given; None if there isn't any place or any difference.
    rate_before, rate_after : tuple of float
        Rate, lower and upper end of its 95 % interval (Wilson), before and after the place. Since the place
        is the one where they differ most, they look a little further apart than they are.
    """

    n: int
    statistic: float = float("nan")
    critical_value: float = float("nan")
    p_value: float = float("nan")
    position: int | None = None
    rate_before: tuple[float, float, float] = (float("nan"),) * 3
    rate_after: tuple[float, float, float] = (float("nan"),) * 3

    @property
    def is_change(self) -> bool:
        """Whether the statistic is above its critical value."""
        return bool(self.statistic > self.critical_value)


def find_change(
    events: npt.ArrayLike, trials: npt.ArrayLike | None = None, *, seed: int, draws: int = DRAWS
) -> ChangePoint:
    """Look for the place where the rate of a series of labels, or of small groups of them, changes.

    The statistic is the maximum over all places, without the first and last 2 % of the labels, of the
    likelihood ratio of two Bernoulli rates against one. Its critical value comes from simulated series of the
    same length and rate. One place is found; a rate that changed twice, or wanders, gives the place that
    parts it best.

    Parameters
    ----------
    events : array_like of shape (n,)
        0 or 1 (or booleans) in order; missing labels are left out, and count for the position only. With
        trials: the number of events in each group.
    trials : array_like of shape (n,), optional
        Labels in each group, where the order within a group isn't known; a change is placed between groups.
    seed : int
        Draws the series; the same seed gives the same critical value.
    draws : int
        Simulated series.

    Returns
    -------
    ChangePoint
        Without a statistic for fewer than 100 labels or two groups. With one class only, the statistic is 0,
        the p-value 1, and there is no position.

    Raises
    ------
    ValueError
        If a label is neither 0 nor 1, or a group has more events than trials.

    References
    ----------
    Worsley, K. J. (1983). The power of likelihood ratio and cumulative sum tests for a change in a binomial
    probability. Biometrika 70, 455-464.
    """
    counts = np.asarray(events, dtype=float)
    sizes = np.ones(len(counts)) if trials is None else np.asarray(trials, dtype=float)
    known = np.flatnonzero(~np.isnan(counts) & (sizes > 0))
    counts, sizes = counts[known], sizes[known]
    if ((counts < 0) | (counts > sizes) | (counts % 1 != 0)).any():
        raise ValueError("Labels must be 0 or 1, and events of a group between 0 and its trials.")
    n = int(sizes.sum())
    before = np.cumsum(sizes)[:-1]
    places = np.flatnonzero((before >= TRIM * n) & (before <= (1 - TRIM) * n))
    if n < LEAST_LABELS or not len(places):
        return ChangePoint(n)
    if counts.sum() in (0, n):
        return ChangePoint(n, statistic=0.0, critical_value=0.0, p_value=1.0)

    ratios = _likelihood_ratios(np.cumsum(counts)[places], before[places], counts.sum(), n)
    # Of many places only some are tried, here and in the simulation: long series take no longer then.
    tried = np.unique(np.linspace(0, len(places) - 1, min(len(places), PLACES)).round().astype(int))
    statistic = float(ratios[tried].max())
    rate, random = counts.sum() / n, np.random.default_rng(seed)
    simulated = _simulate_maxima(before[places][tried], rate, n, draws, random)
    best = places[_refine(ratios, tried)]
    return ChangePoint(
        n=n,
        statistic=statistic,
        critical_value=float(np.quantile(simulated, 1 - ALPHA, method="higher")),
        p_value=float((1 + (simulated >= statistic).sum()) / (1 + draws)),
        position=int(known[best + 1]),
        rate_before=_rate(counts[: best + 1].sum(), sizes[: best + 1].sum()),
        rate_after=_rate(counts[best + 1 :].sum(), sizes[best + 1 :].sum()),
    )


def _likelihood_ratios(
    events_before: np.ndarray, before: np.ndarray, events: npt.ArrayLike, n: float
) -> np.ndarray:
    """Return twice the log likelihood ratio of two rates against one, at each place."""
    events = np.asarray(events, dtype=float)
    two = _log_likelihood(events_before, before) + _log_likelihood(events - events_before, n - before)
    return np.asarray(2 * (two - _log_likelihood(events, np.asarray(n))))


def _log_likelihood(events: np.ndarray, trials: np.ndarray) -> np.ndarray:
    rate = events / trials
    return np.asarray(xlogy(events, rate) + xlogy(trials - events, 1 - rate))


def _simulate_maxima(
    before: np.ndarray, rate: float, n: int, draws: int, random: np.random.Generator
) -> np.ndarray:
    """Return the maximum over the places of each series that is drawn with one rate."""
    sizes = np.diff(before, prepend=0, append=n).astype(int)
    maxima = np.empty(draws)
    for start in range(0, draws, 100):
        count = min(100, draws - start)
        totals = np.cumsum(random.binomial(sizes, rate, size=(count, len(sizes))), axis=1)
        ratios = _likelihood_ratios(totals[:, :-1], before, totals[:, -1:], n)
        maxima[start : start + count] = ratios.max(axis=1)
    return maxima


def _refine(ratios: np.ndarray, tried: np.ndarray) -> int:
    """Return the best place between the neighbours of the best one that was tried."""
    best = int(ratios[tried].argmax())
    low, high = tried[max(best - 1, 0)], tried[min(best + 1, len(tried) - 1)]
    return int(low + ratios[low : high + 1].argmax())


def _rate(events: float, trials: float) -> tuple[float, float, float]:
    low, high = wilson_interval(events, trials)
    return float(events / trials), float(low), float(high)
