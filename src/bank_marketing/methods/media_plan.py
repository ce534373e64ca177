"""Plans from a fitted marketing mix: response curves, splits of a budget, the next experiment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from bank_marketing.methods.media_mix import (
    CHANNELS,
    FloatArray,
    Mix,
    MixFitter,
    adstock,
    contributions,
    saturate,
)

# Steps in which a budget is split, of all that the bounds allow.
STEPS = 60
# Distance of the first and the last tenth of a normal distribution, in standard deviations.
TENTHS_APART = 2.563
# Of the usual spend of a day, what the blocks of an experiment get, a month's in any order.
LEVELS = (1.0, 0.0, 1.5, 0.5, 0.0, 2.0, 1.0, 0.0)


def steady_response(
    mixes: Sequence[Mix], channel: int, daily: npt.ArrayLike
) -> tuple[FloatArray, FloatArray]:
    """Return what a channel brings a day, and what one more of money brings, if so much is spent every day.

    Parameters
    ----------
    mixes : sequence of Mix
        Fits, such as resamples.
    channel : int
        0 or 1.
    daily : array_like of shape (levels,)
        Money a day.

    Returns
    -------
    response, marginal : numpy.ndarray of shape (mixes, levels)
        In units of the outcome a day, and of the outcome for one more of money.
    """
    spend = np.asarray(daily, dtype=float)[None, :]
    decay, half, effect = (
        np.array([getattr(mix, name)[channel] for mix in mixes])[:, None]
        for name in ("decay", "half", "effect")
    )
    carried = spend / (1 - decay)
    return effect * saturate(carried, half), effect * half / (carried + half) ** 2 / (1 - decay)


def scaled_contributions(
    mixes: Sequence[Mix], spend: npt.ArrayLike, factors: npt.ArrayLike, before: npt.ArrayLike, tail_days: int
) -> FloatArray:
    """Return what each channel brings in all if its spend is multiplied, its days left as they are.

    Parameters
    ----------
    mixes : sequence of Mix
        Fits.
    spend : array_like of shape (days, 2)
        Money a day and channel.
    factors : array_like of shape (factors, 2)
        By what the spend is multiplied; what was carried in isn't.
    before : array_like of shape (mixes, 2)
        Adstock of the day before the first.
    tail_days : int
        Days without spend afterwards that count, too: what the spend brings later.

    Returns
    -------
    numpy.ndarray of shape (mixes, factors, 2)
        In units of the outcome, over all days.
    """
    values = np.vstack([np.asarray(spend, dtype=float), np.zeros((tail_days, CHANNELS))])
    times, carry = np.asarray(factors, dtype=float), np.asarray(before, dtype=float)
    brought = np.empty((len(mixes), len(times), CHANNELS))
    fading = np.arange(1, len(values) + 1)
    for number, mix in enumerate(mixes):
        for c in range(CHANNELS):
            own = adstock(values[:, c], mix.decay[c])
            carried = times[:, c][:, None] * own + carry[number, c] * mix.decay[c] ** fading
            brought[number, :, c] = mix.effect[c] * saturate(carried, mix.half[c]).sum(axis=1)
    return brought


def splits(budget: float, current: npt.ArrayLike, bounds: npt.ArrayLike) -> FloatArray:
    """Return the ways to split a budget within bounds, in equal steps.

    Parameters
    ----------
    budget : float
        Money for both channels.
    current : array_like of shape (2,)
        What the bounds refer to.
    bounds : array_like of shape (2, 2)
        Least and most of each channel, as multiples of current.

    Returns
    -------
    numpy.ndarray of shape (splits, 2)
        Money by channel; each row sums to the budget. One row, nearest to the bounds, where none fits them.
    """
    now, limits = np.asarray(current, dtype=float), np.asarray(bounds, dtype=float)
    least = max(now[0] * limits[0, 0], budget - now[1] * limits[1, 1], 0.0)
    most = min(now[0] * limits[0, 1], budget - now[1] * limits[1, 0], budget)
    first = np.linspace(least, most, STEPS + 1) if most > least else np.array([np.clip(most, 0.0, budget)])
    return np.column_stack([first, budget - first])


def experiment_schedule(
    monthly: npt.ArrayLike, months: npt.ArrayLike, decay: npt.ArrayLike, seed: int
) -> FloatArray:
    """Return a daily spend with the same monthly totals, days at zero, and channels that go their own ways.

    Each channel is switched on and off in blocks that are longer the longer its spend carries over; on its
    days it gets one of three levels. Of many draws the one is taken whose channels go together least.

    Parameters
    ----------
    monthly : array_like of shape (months, 2)
        Money by month and channel.
    months : array_like of int, shape (days,)
        Which row of `monthly` a day belongs to.
    decay : array_like of shape (2,)
        Share carried over by channel.
    seed : int
        Of the draws.

    Returns
    -------
    numpy.ndarray of shape (days, 2)
        Money a day and channel.
    """
    random = np.random.default_rng(seed)
    totals, of_day = np.asarray(monthly, dtype=float), np.asarray(months, dtype=np.int64)
    drawn = [_drawn_schedule(totals, of_day, np.asarray(decay, dtype=float), random) for _ in range(100)]
    return min(drawn, key=lambda plan: _likeness(plan, decay))


def _drawn_schedule(
    totals: FloatArray, of_day: npt.NDArray[np.int64], decay: FloatArray, random: np.random.Generator
) -> FloatArray:
    plan = np.zeros((len(of_day), CHANNELS))
    for c in range(CHANNELS):
        # So long that of one block's spend a fifth is left at the end of the next.
        block = int(np.clip(np.ceil(np.log(0.2) / np.log(max(decay[c], 0.2))), 2, 7))
        for month in np.unique(of_day):
            days = np.flatnonzero(of_day == month)
            kinds = np.resize(LEVELS, -(-len(days) // block))
            level = np.repeat(random.permutation(kinds), block)[: len(days)]
            plan[days, c] = totals[month, c] * level / level.sum() if level.sum() > 0 else 0.0
    return plan


def _likeness(plan: FloatArray, decay: npt.ArrayLike) -> float:
    """Return the absolute correlation of the channels' adstocks."""
    one, other = (adstock(plan[:, c], d) for c, d in enumerate(np.asarray(decay, dtype=float).tolist()))
    if one.std() == 0 or other.std() == 0:
        return 1.0
    return abs(float(np.corrcoef(one, other)[0, 1]))


def simulated_errors(
    mix: Mix,
    spend: npt.ArrayLike,
    base: npt.ArrayLike,
    penalty: npt.ArrayLike,
    *,
    noise: float,
    daily: npt.ArrayLike,
    simulations: int,
    seed: int,
) -> FloatArray:
    """Return how far estimates would scatter with such a spend, if the fitted mix were true.

    Parameters
    ----------
    mix : Mix
        What is taken for true.
    spend : array_like of shape (days, 2)
        Past and planned spend.
    base : array_like of shape (days, columns)
        Base of those days.
    penalty : array_like of shape (columns,)
        As in `media_mix.fit_mix`.
    noise : float
        Standard deviation of a day's error.
    daily : array_like of shape (2,)
        Spend a day at which the channels' daily contribution is looked at.
    simulations : int
        How often the outcome is drawn.
    seed : int
        Of the draws.

    Returns
    -------
    numpy.ndarray of shape (2,)
        Standard deviation of each channel's contribution a day.
    """
    random = np.random.default_rng(seed)
    values, columns = np.asarray(spend, dtype=float), np.asarray(base, dtype=float)
    expected = columns @ mix.base + contributions(mix, values).sum(axis=1)
    fitter = MixFitter(values, columns, penalty=penalty)
    # A row a day: however many days follow, those before have the same errors, so that plans of several
    # lengths differ by what they tell, not by luck.
    errors_of_days = random.normal(0, noise, (len(expected), simulations))
    fits = [fitter.fit(expected + error) for error in errors_of_days.T]
    levels = np.asarray(daily, dtype=float)
    at_level = np.column_stack(
        [steady_response(fits, c, levels[c : c + 1])[0][:, 0] for c in range(CHANNELS)]
    )
    low, high = np.quantile(at_level, [0.1, 0.9], axis=0)
    # Without the tenths: a few fits of an experiment that tells little lie far off and would be all of it.
    errors: FloatArray = (high - low) / TENTHS_APART
    return errors
