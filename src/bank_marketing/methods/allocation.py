"""Allocation: at most one action a customer, within a budget and a capacity, for the highest total gain."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix, vstack

from bank_marketing.methods.native_output import no_native_lines

# How many offers the first search looks at: enough to come near the best total, few enough to be quick.
CORE_OFFERS = 100


def allocate_actions(
    offers: pd.DataFrame, *, budget: float | None = None, capacity: int | None = None
) -> pd.Index:
    """Choose the offers that gain most in total: at most one a customer, within budget and capacity.

    An integer programme, solved to the optimum (HiGHS; Huangfu and Hall, Mathematical Programming Computation
    10, 2018): the best gain by cost isn't always the best total, since the last bit of a budget may fit a
    smaller action only.

    Parameters
    ----------
    offers : DataFrame
        One row per customer and action: customer_id, cost (0 or more), gain (net of the cost), both in the
        same currency. None missing.
    budget : float, optional
        Most that the chosen actions may cost together; no limit by default.
    capacity : int, optional
        Most actions; no limit by default.

    Returns
    -------
    Index
        Labels of the chosen rows, in the order of `offers`. An offer that gains nothing is never chosen; of
        equal ones the first.

    Raises
    ------
    ValueError
        If a cost, a gain or a limit is missing or negative where it can't be.
    """
    _refuse_bad_values(offers, budget, capacity)
    worth = offers[offers["gain"] > 0]
    # Of a customer's offers only those that gain more than all cheaper ones can be in a best choice.
    by_cost = worth.sort_values(["customer_id", "cost", "gain"], ascending=[True, True, False], kind="stable")
    best_cheaper = by_cost.groupby("customer_id")["gain"].cummax().groupby(by_cost["customer_id"]).shift()
    worth = worth.loc[by_cost.index[(by_cost["gain"] > best_cheaper.fillna(0)).to_numpy()]].sort_index()
    if worth.empty or (budget == 0 and (worth["cost"] > 0).all()) or capacity == 0:
        return worth.index[:0]
    best = worth.loc[worth.groupby("customer_id")["gain"].idxmax()].sort_index()
    within_budget = budget is None or best["cost"].sum() <= budget
    if within_budget and (capacity is None or len(best) <= capacity):
        return best.index
    return worth.index[_solve(worth, budget, capacity)]


def _solve(worth: pd.DataFrame, budget: float | None, capacity: int | None) -> np.ndarray:
    """Solve the integer programme, most of it by prices: what one unit more of each limit would be worth.

    At those prices (the linear programme's duals) each customer has a best offer by itself, and the sum over
    customers bounds the total. Whoever can't come by another offer, or by none, within the distance of that
    bound to a total already found, is settled; the exact search is left with the few that are near.
    """
    gain, cost = worth["gain"].to_numpy(dtype=float), worth["cost"].to_numpy(dtype=float)
    customer, _ = pd.factorize(worth["customer_id"])
    uses = np.array(
        [of for of, limit in ((cost, budget), (np.ones(len(worth)), capacity)) if limit is not None]
    )
    limits = np.array([float(limit) for limit in (budget, capacity) if limit is not None])

    one_each = one_hot(customer)
    relaxed = linprog(
        -gain,
        A_ub=vstack([one_each, csr_matrix(uses)]),
        b_ub=np.append(np.ones(one_each.shape[0]), limits),
        bounds=(0, 1),
        method="highs",
    )
    prices = np.maximum(-relaxed.ineqlin.marginals[one_each.shape[0] :], 0)
    value = gain - prices @ uses
    order = np.lexsort((-value, customer))
    is_first = np.append(True, np.diff(customer[order]) != 0)
    best = np.maximum(value[order][is_first], 0)  # by customer, whose numbers count from 0
    second = np.zeros_like(best)
    seconds = order[np.flatnonzero(is_first[:-1] & ~is_first[1:]) + 1]
    second[customer[seconds]] = np.maximum(value[seconds], 0)

    found = _fill(relaxed.x > 1 - 1e-9, gain, customer, uses, limits)
    is_best = value >= best[customer]
    # What the total loses, at these prices, if an offer that is best is left, or one that isn't is taken.
    closeness = np.where(is_best, np.maximum(value, 0) - second[customer], best[customer] - value)
    core = np.sort(closeness)[: CORE_OFFERS + 1].max()
    # A first search among the nearest comes close to the bound, so that few are left within that distance.
    while True:
        distance = best.sum() + prices @ limits - gain[found].sum() + 1e-9 * gain.sum()
        within = min(distance, core)
        settled = is_best & (value > 0) & (closeness > within)
        is_open = (best[customer] - value <= within) & ~np.isin(customer, customer[settled])
        chosen = settled.copy()
        if is_open.any():
            left = limits - uses[:, settled].sum(axis=1)
            chosen[is_open] = _search(gain[is_open], customer[is_open], uses[:, is_open], left)
        if within == distance:
            return chosen
        found = chosen if gain[chosen].sum() > gain[found].sum() else found
        core = np.inf


def _search(gain: np.ndarray, customer: np.ndarray, uses: np.ndarray, limits: np.ndarray) -> np.ndarray:
    """Find the best choice among a few offers."""
    chosen, message = best_whole(
        gain, [LinearConstraint(one_hot(customer), ub=1), LinearConstraint(uses, ub=limits)]
    )
    if chosen is None:
        raise RuntimeError(f"The choice of actions found no solution: {message}")
    return chosen


def best_whole(
    gain: np.ndarray, constraints: Sequence[LinearConstraint], *, most_nodes: int | None = None
) -> tuple[np.ndarray | None, str]:
    """Find the choice that gains most by HiGHS' integer programme.

    Parameters
    ----------
    gain : ndarray of shape (offers,)
        What each brings.
    constraints : sequence of LinearConstraint
        On whether each is chosen.
    most_nodes : int, optional
        How far to search; by default to the optimum.

    Returns
    -------
    chosen : ndarray of bool, shape (offers,), or None
        None if no choice was found.
    message : str
        HiGHS' own.
    """
    limit = {} if most_nodes is None else {"node_limit": most_nodes}
    with no_native_lines(b"HighsMipSolverData::"):
        result = milp(
            -gain / (np.abs(gain).max(initial=0.0) or 1.0),
            constraints=constraints,
            integrality=np.ones(len(gain)),
            bounds=Bounds(0, 1),
            options={"mip_rel_gap": 0.0, **limit},
        )
    return None if result.x is None else np.asarray(result.x > 0.5), str(result.message)


def one_hot(number: np.ndarray) -> csr_matrix:
    """Return a row for each different number, with a 1 where it stands.

    Parameters
    ----------
    number : ndarray of int, shape (n,)
        Such as the customer of each offer.

    Returns
    -------
    csr_matrix of shape (numbers, n)
        In the order of the numbers.
    """
    _, place = np.unique(number, return_inverse=True)
    rows = int(place.max(initial=-1)) + 1
    return csr_matrix((np.ones(len(place)), (place, np.arange(len(place)))), shape=(rows, len(place)))


def _fill(
    chosen: np.ndarray, gain: np.ndarray, customer: np.ndarray, uses: np.ndarray, limits: np.ndarray
) -> np.ndarray:
    """Add the offers that still fit, the largest gain first."""
    chosen, left = chosen.copy(), limits - uses[:, chosen].sum(axis=1)
    served = set(customer[chosen])
    for offer in np.argsort(-gain, kind="stable"):
        if customer[offer] not in served and (uses[:, offer] <= left).all():
            chosen[offer] = True
            left = left - uses[:, offer]
            served.add(customer[offer])
    return chosen


def _refuse_bad_values(offers: pd.DataFrame, budget: float | None, capacity: int | None) -> None:
    for name, value in (("budget", budget), ("capacity", capacity)):
        if value is not None and not value >= 0:
            raise ValueError(f"The {name} is {value}, expected 0 or more, or none for no limit.")
    costs, gains = offers["cost"].astype(float), offers["gain"].astype(float)
    bad = offers[~np.isfinite(costs) | ~np.isfinite(gains) | (costs < 0)]
    if len(bad):
        first = bad.astype(object).iloc[0]
        raise ValueError(
            f"{len(bad)} offers have no finite gain or no cost of 0 or more, the first of customer"
            f" {first['customer_id']}: cost {first['cost']}, gain {first['gain']}."
        )
