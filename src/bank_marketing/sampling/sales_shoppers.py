"""Retail customers who come, come again and stay away: the planted value process.

A customer's first purchase day is given; the next ones follow a Poisson process with the customer's own
rate, and after each of them the customer is lost with the customer's own probability: BG/NBD (Fader, Hardie
and Lee, 2005, "Counting Your Customers" the Easy Way). Time runs faster on days with more demand. What an
order is worth varies around the customer's own mean, which doesn't depend on the rate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bank_marketing.sampling.draws import Floats, Integers, spread

# Purchase rate a day: gamma with this shape and rate. Chance to be lost after a repeat purchase day: beta.
RATE_SHAPE, RATE_DAYS = 0.55, 65.0
LOST_ALPHA, LOST_BETA = 1.0, 3.5
VALUE_SHAPE = 8.0
# First purchases by month, as in the real file.
FIRST_PURCHASES = (215, 96, 177, 163, 112, 137, 94, 135, 78, 87, 68, 106)


@dataclass(frozen=True)
class Shoppers:
    """Latent values and purchase days of the customers; days count from the first of the year.

    Attributes
    ----------
    rate : ndarray, shape (n_customers,)
        Expected purchase days in a day of mean demand, while the customer is alive.
    lost_probability : ndarray, shape (n_customers,)
        Probability to be lost after a repeat purchase day.
    lost_day : ndarray of int, shape (n_customers,)
        Purchase day after which the customer was lost; -1 if still alive at the end of the year.
    first_day : ndarray of int, shape (n_customers,)
        First purchase day.
    visit_customer, visit_day : ndarray of int, shape (n_visits,)
        Purchase days, sorted by day; one row for each customer and day.
    """

    rate: Floats
    lost_probability: Floats
    lost_day: Integers
    first_day: Integers
    visit_customer: Integers
    visit_day: Integers


def draw_shoppers(n: int, demand: Floats, month: Integers, rng: np.random.Generator) -> Shoppers:
    """Draw latent values and purchase days.

    Parameters
    ----------
    n : int
        Number of customers.
    demand : ndarray, shape (n_days,)
        Demand of each day, mean 1: how fast time runs.
    month : ndarray of int, shape (n_days,)
        Month of each day, 0 is January.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Shoppers
        Every day has at least one customer: a day without is given to one who was there before.
    """
    n_days = len(demand)
    rate = rng.gamma(RATE_SHAPE, 1 / RATE_DAYS, n)
    lost_probability = rng.beta(LOST_ALPHA, LOST_BETA, n)
    first_day = _first_days(n, demand, month, rng)
    clock = np.r_[0.0, np.cumsum(demand)]
    lost_day = np.full(n, -1)
    customer, day = np.arange(n), first_day
    visits = [(customer, day)]
    time = clock[first_day] + rng.random(n) * demand[first_day]
    while len(customer):
        time = time + rng.exponential(1.0, len(customer)) / rate[customer]
        inside = time < clock[-1]
        customer, time = customer[inside], time[inside]
        day = np.searchsorted(clock, time, side="right") - 1
        visits.append((customer, day))
        lost = rng.random(len(customer)) < lost_probability[customer]
        lost_day[customer[lost]] = day[lost]
        customer, time = customer[~lost], time[~lost]
    pairs = np.unique(np.vstack([np.column_stack([day, customer]) for customer, day in visits]), axis=0)
    empty = np.setdiff1d(np.arange(n_days), pairs[:, 0])
    known = [np.flatnonzero(first_day < d) for d in empty]
    extra = [[d, rng.choice(k) if len(k) else first_day.argmin()] for d, k in zip(empty, known, strict=True)]
    pairs = np.unique(np.vstack([pairs, np.array(extra, dtype=pairs.dtype).reshape(-1, 2)]), axis=0)
    return Shoppers(rate, lost_probability, lost_day, first_day, pairs[:, 1], pairs[:, 0])


def expected_visits(shoppers: Shoppers, demand: Floats, split: int) -> Floats:
    """Return the purchase days that are expected from a day on, given latent values and who is alive then.

    Parameters
    ----------
    shoppers : Shoppers
        Latent values.
    demand : ndarray, shape (n_days,)
        Demand of each day, mean 1.
    split : int
        First day of the period.

    Returns
    -------
    ndarray, shape (n_customers,)
        (1 - exp(-rate x probability x time)) / probability for customers who are alive, 0 for lost ones and
        nan for those who hadn't come yet.
    """
    rate, lost = shoppers.rate, shoppers.lost_probability
    expected = -np.expm1(-rate * lost * demand[split:].sum()) / lost
    alive = (shoppers.lost_day < 0) | (shoppers.lost_day >= split)
    return np.where(shoppers.first_day < split, np.where(alive, expected, 0.0), np.nan)


def draw_order_values(n: int, mean: float, low: float, high: float, rng: np.random.Generator) -> Floats:
    """Return each customer's mean order value: gamma, kept between the cheapest and the dearest baskets."""
    return np.clip(rng.gamma(VALUE_SHAPE, mean / VALUE_SHAPE, n), low, high)


def _first_days(n: int, demand: Floats, month: Integers, rng: np.random.Generator) -> Integers:
    months = spread(FIRST_PURCHASES, n, rng)
    days = np.empty(n, dtype=np.int64)
    for m in range(12):
        rows, choices = np.flatnonzero(months == m), np.flatnonzero(month == m)
        days[rows] = rng.choice(choices, len(rows), p=demand[choices] / demand[choices].sum())
    return days
