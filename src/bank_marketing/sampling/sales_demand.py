"""Marketing spend, varied independently, and what it sells: with carry-over and diminishing returns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bank_marketing.sampling.draws import Floats, Integers, spread

FIRST_DAY = np.datetime64("2019-01-01", "D")
N_DAYS = 365
# Offline: one level a week. Online: flights of some days at a level, with a weekly rhythm.
OFFLINE_LEVELS_USD = (300, 500, 1000, 1500, 2500, 3500, 4500, 5500, 6500)
MEAN_ONLINE_USD = 1906.0
ONLINE_LEVELS = (0.1, 0.35, 0.7, 1.1, 1.7, 2.4)
FLIGHT_DAYS = (3, 10)
ONLINE_DAY_SD_LOG = 0.2
# Monday to Sunday.
ONLINE_WEEKDAYS = (1.05, 0.97, 0.92, 0.73, 0.98, 1.16, 1.19)
# Carry-over from one day to the next; adstock in USD at which half of the most is reached; share of the
# revenue that the channel brings.
CHANNELS = {"online": (0.3, 2500.0, 0.28), "offline": (0.6, 7000.0, 0.28)}
# Relative to the mean of what sells without marketing.
WEEKDAY_EFFECTS = (-0.80, -0.72, 0.46, 0.41, 0.37, 0.14, 0.14)
MONTH_EFFECTS = (-0.02, -0.28, -0.14, -0.25, -0.10, -0.13, -0.05, 0.28, -0.13, 0.0, 0.24, 0.58)
NOISE_SD_LOG = 0.05
# Of so many offline plans the one is taken that goes least with the online spend.
PLANS = 20


@dataclass(frozen=True)
class Demand:
    """Marketing spend and expected net revenue by day.

    Attributes
    ----------
    days : ndarray of datetime64[D], shape (365,)
        The days.
    month, weekday : ndarray of int, shape (365,)
        0 is January; 0 is Monday.
    spend : dict of str to ndarray, shape (365,)
        USD spent by channel.
    saturated : dict of str to ndarray, shape (365,)
        Adstock over adstock plus half saturation, between 0 and 1.
    expected : ndarray, shape (365,)
        Expected net revenue, mean 1.
    returns : dict of str to float
        Most that a channel can bring in a day, in units of the mean expected revenue.
    """

    days: np.ndarray
    month: Integers
    weekday: Integers
    spend: dict[str, Floats]
    saturated: dict[str, Floats]
    expected: Floats
    returns: dict[str, float]

    @property
    def base(self) -> float:
        """Mean of what sells without marketing, in units of the mean expected revenue."""
        return 1.0 - sum(share for _, _, share in CHANNELS.values())


def adstock(spend: Floats, decay: float) -> Floats:
    """Return geometric adstock: a day's spend plus `decay` times the adstock of the day before.

    Parameters
    ----------
    spend : ndarray, shape (n_days,)
        USD a day; nothing is carried into the first day.
    decay : float
        Share carried over to the next day, from 0 to below 1.

    Returns
    -------
    ndarray, shape (n_days,)
        USD, not normalised.
    """
    carried = np.empty(len(spend))
    before = 0.0
    for day, value in enumerate(spend):
        before = value + decay * before
        carried[day] = before
    return carried


def make_demand(rng: np.random.Generator) -> Demand:
    """Draw a year of spend and work out the revenue that it leads to."""
    days = FIRST_DAY + np.arange(N_DAYS)
    month = days.astype("datetime64[M]").astype(int) % 12
    weekday = (days.astype(int) + 3) % 7
    online = _online_spend(weekday, rng)
    offline = min((_offline_spend(rng) for _ in range(PLANS)), key=lambda plan: _likeness(online, plan))
    spend = {"online": online, "offline": offline}
    saturated, returns = {}, {}
    season = 1.0 + np.asarray(WEEKDAY_EFFECTS)[weekday] + np.asarray(MONTH_EFFECTS)[month]
    expected = (1.0 - sum(share for _, _, share in CHANNELS.values())) * season / season.mean()
    for channel, (decay, half, share) in CHANNELS.items():
        carried = adstock(spend[channel], decay)
        saturated[channel] = carried / (carried + half)
        returns[channel] = float(share / saturated[channel].mean())
        expected = expected + returns[channel] * saturated[channel]
    return Demand(days, month, weekday, spend, saturated, expected, returns)


def demand_weights(demand: Demand, rng: np.random.Generator) -> Floats:
    """Return the share of each day in the year's net revenue, shape (365,): expected, times noise."""
    weights: Floats = demand.expected * np.exp(rng.normal(0, NOISE_SD_LOG, N_DAYS))
    return weights / weights.sum()


def _online_spend(weekday: Integers, rng: np.random.Generator) -> Floats:
    levels: list[float] = []
    while len(levels) < N_DAYS:
        for level in rng.permutation(ONLINE_LEVELS):
            levels += [float(level)] * int(rng.integers(*FLIGHT_DAYS))
    spend = np.asarray(levels[:N_DAYS]) * np.asarray(ONLINE_WEEKDAYS)[weekday]
    spend *= np.exp(rng.normal(0, ONLINE_DAY_SD_LOG, N_DAYS))
    rounded: Floats = np.round(spend * MEAN_ONLINE_USD / spend.mean(), 2)
    return rounded


def _offline_spend(rng: np.random.Generator) -> Floats:
    weeks = -(-N_DAYS // 7)
    level = spread(np.ones(len(OFFLINE_LEVELS_USD)), weeks, rng)
    return np.repeat(np.asarray(OFFLINE_LEVELS_USD, dtype=float)[level], 7)[:N_DAYS]


def _likeness(online: Floats, offline: Floats) -> float:
    """Return the absolute correlation of the two adstocks."""
    carried = adstock(online, CHANNELS["online"][0]), adstock(offline, CHANNELS["offline"][0])
    correlations: Floats = np.corrcoef(carried[0], carried[1])
    return abs(float(correlations[0, 1]))
