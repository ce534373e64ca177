"""The planted behaviour of bank customers: who spends on what, and what comes before something new.

Everybody belongs to one of four clusters that differ in their signature groups. Some groups are used by few:
a customer may have one as a habit from the start, or begin it in a planted month. Most beginnings follow
a rule: spending in a related group rises in the three months before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bank_marketing.sampling.draws import Floats, Integers, spread

CLUSTERS = {
    "households": ("groceries", "department_stores", "health_and_beauty", "utilities_and_telecom"),
    "going_out": ("restaurants", "entertainment", "clothing", "gambling"),
    "drivers": ("fuel", "car_care", "industrial_supplies"),
    "commuters": ("commuting", "money_transfers", "hobbies_and_gifts"),
}
# How many times likelier a signature group is in its cluster than elsewhere.
SIGNATURE_ODDS = 9.0
TASTE_SD = 0.15
# New group: the group in which spending rises before.
PRECURSORS = {
    "travel": "clothing",
    "electronics": "entertainment",
    "home_and_garden": "utilities_and_telecom",
    "professional_services": "health_and_beauty",
}
# What is added to the precursor's share of a customer's transactions three, two and one month before.
RISE = (0.10, 0.17, 0.24)
NEW_GROUP_SHARE = 0.03
HABIT_SHARE = 0.3
# Shares of active customers, for each rule: begins after a rise, begins without one, rises without beginning.
RULES = (("precursor", 0.10), ("unannounced", 0.015), ("false_alarm", 0.015))
ACTIVE_SHARE = 0.9
LATE_SHARE, LEAVER_SHARE, DORMANT_SHARE = 0.3, 0.1, 0.12
LEAST_ACTIVE_MONTHS = 12
KNOWN_MONTHS_BEFORE = 6


@dataclass(frozen=True)
class Behaviour:
    """Planted behaviour; a month is counted from the first of the sample, -1 is never.

    Attributes
    ----------
    cluster : ndarray of int, shape (n_customers,)
        Index in `CLUSTERS`; -1 for customers without any transaction.
    active : ndarray of bool, shape (n_customers, n_months)
        Months in which a customer uses the cards.
    activity : ndarray, shape (n_customers,)
        Relative number of transactions in an active month.
    shares : ndarray, shape (n_customers, n_groups)
        Share of each spending group in a customer's transactions, before anything new.
    starts : list of (customer, group, month, rule)
        Beginnings of a new spending group: rule is `precursor` or `unannounced`.
    false_alarms : list of (customer, group, month)
        Rises after which the group, due in that month, didn't begin.
    habits : list of (customer, group, month)
        Groups of which a customer makes use from the first month on.
    """

    cluster: Integers
    active: np.ndarray
    activity: Floats
    shares: Floats
    starts: list[tuple[int, int, int, str]]
    false_alarms: list[tuple[int, int, int]]
    habits: list[tuple[int, int, int]]


def plan_behaviour(
    earliest: Integers, n_months: int, groups: list[str], group_shares: Floats, rng: np.random.Generator
) -> Behaviour:
    """Draw the behaviour of all customers.

    Parameters
    ----------
    earliest : ndarray of int, shape (n_customers,)
        First month in which a customer is old enough for a card.
    n_months : int
        Length of the sample in months.
    groups : list of str
        Names of the spending groups.
    group_shares : ndarray, shape (n_groups,)
        Shares of the groups in the number of transactions of all customers.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Behaviour
        The plan that the transactions are drawn from.
    """
    n = len(earliest)
    active = _active_months(earliest, n_months, rng)
    is_customer = active.any(axis=1)
    members = np.flatnonzero(is_customer)
    cluster = np.full(n, -1)
    cluster[members] = spread(np.ones(len(CLUSTERS)), len(members), rng)
    shares = _cluster_shares(groups, group_shares)[cluster] * np.exp(
        rng.normal(0, TASTE_SD, (n, len(groups)))
    )
    rare = [groups.index(name) for name in PRECURSORS]
    shares[:, rare] = 0
    shares /= shares.sum(axis=1, keepdims=True)
    habits, habitual = [], np.zeros((n, len(groups)), dtype=bool)
    for group in rare:
        habitual[members, group] = spread((HABIT_SHARE, 1 - HABIT_SHARE), len(members), rng) == 0
        habits += [(int(c), group, int(active[c].argmax())) for c in np.flatnonzero(habitual[:, group])]
    shares = shares * (1 - NEW_GROUP_SHARE * habitual.sum(axis=1, keepdims=True)) + NEW_GROUP_SHARE * habitual
    starts, false_alarms = _plan_beginnings(active, members, habitual, groups, rng)
    activity = np.where(is_customer, rng.gamma(5.0, 0.16, n) + 0.2, 0.0)
    return Behaviour(cluster, active, activity, shares, starts, false_alarms, habits)


def month_shares(behaviour: Behaviour, groups: list[str], month: int) -> Floats:
    """Return the share of each spending group in a customer's transactions of one month.

    Returns
    -------
    ndarray, shape (n_customers, n_groups)
        Shares; rows sum to 1.
    """
    shares = behaviour.shares.copy()
    for customer, group, start, _ in behaviour.starts:
        if month >= start:
            shares[customer] *= 1 - NEW_GROUP_SHARE
            shares[customer, group] += NEW_GROUP_SHARE
    rises = [(c, g, m) for c, g, m, rule in behaviour.starts if rule == "precursor"] + behaviour.false_alarms
    for customer, group, start in rises:
        if start - len(RISE) <= month < start:
            rise = RISE[month - start + len(RISE)]
            shares[customer] *= 1 - rise
            shares[customer, groups.index(PRECURSORS[groups[group]])] += rise
    return shares


def _cluster_shares(groups: list[str], group_shares: Floats) -> Floats:
    """Return the shares of the groups by cluster, tilted so that equal clusters average to `group_shares`."""
    table = np.ones((len(CLUSTERS), len(groups)))
    for row, signature in enumerate(CLUSTERS.values()):
        table[row, [groups.index(name) for name in signature]] = SIGNATURE_ODDS
    for _ in range(100):  # iterative proportional fitting
        table *= len(CLUSTERS) * group_shares / table.sum(axis=0)
        table /= table.sum(axis=1, keepdims=True)
    return table


def _active_months(earliest: Integers, n_months: int, rng: np.random.Generator) -> np.ndarray:
    n = len(earliest)
    late = spread((LATE_SHARE, 1 - LATE_SHARE), n, rng) == 0
    first = np.maximum(earliest, np.where(late, rng.integers(1, n_months // 2, n), 0))
    leaves = spread((LEAVER_SHARE, 1 - LEAVER_SHARE), n, rng) == 0
    last = np.where(leaves, rng.integers(3 * n_months // 4, n_months, n), n_months)
    last = np.maximum(last, np.minimum(first + LEAST_ACTIVE_MONTHS, n_months))
    month = np.arange(n_months)
    active = (month >= first[:, None]) & (month < last[:, None])
    dormant = spread((DORMANT_SHARE, 1 - DORMANT_SHARE), n, rng) == 0
    gap = first + 2 + (rng.random(n) * np.maximum(last - first - 6, 1)).astype(int)
    active &= ~(
        dormant[:, None]
        & (month >= gap[:, None])
        & (month < gap[:, None] + 2 + rng.integers(0, 3, n)[:, None])
    )
    never = rng.permutation(np.flatnonzero(first < n_months - LEAST_ACTIVE_MONTHS))[round(ACTIVE_SHARE * n) :]
    active[never] = False
    active[first >= n_months - LEAST_ACTIVE_MONTHS] = False
    return active


def _plan_beginnings(
    active: np.ndarray, members: Integers, habitual: np.ndarray, groups: list[str], rng: np.random.Generator
) -> tuple[list[tuple[int, int, int, str]], list[tuple[int, int, int]]]:
    starts: list[tuple[int, int, int, str]] = []
    false_alarms: list[tuple[int, int, int]] = []
    free = list(rng.permutation(members))
    for name in PRECURSORS:
        group = groups.index(name)
        for rule, share in RULES:
            candidates = [c for c in free if not habitual[c, group]][: round(share * len(members))]
            for customer in candidates:
                free.remove(customer)
                month = _start_month(active[customer], rng)
                if month < 0:
                    continue
                if rule == "false_alarm":
                    false_alarms.append((int(customer), group, month))
                else:
                    starts.append((int(customer), group, month, rule))
    return starts, false_alarms


def _start_month(active: np.ndarray, rng: np.random.Generator) -> int:
    """Return a month that is active like the three before it, with enough known before; -1 if none is."""
    first = int(active.argmax())
    months = [
        m for m in range(first + KNOWN_MONTHS_BEFORE, len(active)) if active[m - len(RISE) : m + 1].all()
    ]
    return int(rng.choice(months)) if months else -1
