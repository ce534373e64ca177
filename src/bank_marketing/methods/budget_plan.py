"""Budget plan: which customer gets which action, within limits of money, capacity and least amounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import LinearConstraint, OptimizeResult, linprog
from scipy.sparse import csr_matrix, vstack

from bank_marketing.methods.allocation import best_whole, one_hot

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

# The linear programme sees so many customers at once; of more, those whom prices leave in doubt.
DOUBTFUL_CUSTOMERS = 250
# And of these the offers whose distance is so many times that of the last customer.
NEAR = 4
# Of whom first prices come.
SAMPLED_CUSTOMERS = 250
# Its prices are looked for by groups of customers, until the bound is known within a share of it.
GROUPS = 24
MOST_CUTS = 200
PRICED_WITHIN = 1e-5
# How many customers the search for whole numbers looks at besides those whom the programme divides.
CORE_CUSTOMERS = 5
# Its work, in nodes and not in seconds, so that the same data give the same plan anywhere.
MOST_NODES = 2_000
NEGLIGIBLE = 1e-7


@dataclass(frozen=True)
class Limit:
    """What chosen offers may use together.

    Attributes
    ----------
    name : str
        As messages call it.
    uses : ndarray of shape (offers,)
        What each offer uses of it, 0 or more: its cost, or 1 for a contact through this channel.
    least, most : float or None
        What the chosen must use at least and may use at most; None for no such end.
    """

    name: str
    uses: FloatArray
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class BudgetPlan:
    """Chosen offers, and how good a choice that is.

    Attributes
    ----------
    chosen : Index
        Labels of the chosen offers, in the order of `offers`.
    gain : float
        Their total.
    bound : float
        No choice within the limits has more (the linear programme's total); `bound - gain` is the proven gap.
    limits : DataFrame
        A row a limit: name, used, least, most, is_binding and price_per_unit: what one unit more of `most`
        would add to the bound, or one unit more of `least` would (a loss, below 0). 0 where it doesn't bind.
    """

    chosen: pd.Index
    gain: float
    bound: float
    limits: pd.DataFrame


class ContradictoryLimitsError(ValueError):
    """Limits that no choice keeps; the message names the fewest that contradict one another."""


def plan_budget(
    offers: pd.DataFrame, limits: Sequence[Limit], *, per_customer: int = 1, most_nodes: int = MOST_NODES
) -> BudgetPlan:
    """Choose the offers that gain most in total within all limits.

    A linear programme (HiGHS; Huangfu and Hall, Mathematical Programming Computation 10, 2018) divides few
    customers, at most one for each limit that binds; an integer programme over these and the offers nearest
    to them makes them whole. Of many customers the programme sees those whose choice is in doubt at the
    prices of the limits, first those of a sample; the others choose what is best for them at these prices.
    Once the prices that it finds change nobody's choice, its total is that of all offers.

    Parameters
    ----------
    offers : DataFrame
        One row per customer and action: customer_id, action (rows of a customer with the same action exclude
        one another) and gain, net of all costs, below 0 too (a least amount may need such). None missing.
    limits : sequence of Limit
        Each with at least one end.
    per_customer : int
        Most offers a customer.
    most_nodes : int
        How far to search for whole numbers.

    Returns
    -------
    BudgetPlan
        The same for the same rows in the same order.

    Raises
    ------
    ContradictoryLimitsError
        If no choice keeps all limits.
    ValueError
        If a gain, a use or an end is missing or impossible.
    """
    _refuse_bad_values(offers, limits, per_customer)
    order = np.argsort(offers.groupby("customer_id", sort=False).ngroup().to_numpy(), kind="stable")
    if not any(limit.least for limit in limits):
        # Nothing calls for an offer that gains nothing.
        order = order[offers["gain"].to_numpy(dtype=float)[order] > 0]
    problem = _Problem.of(
        offers[["customer_id", "action", "gain"]].iloc[order],
        [replace(limit, uses=limit.uses[order]) for limit in limits],
        per_customer,
    )
    relaxed = _relax_all(problem)
    if relaxed is None:
        raise ContradictoryLimitsError(_contradiction(problem, limits))
    chosen = _whole(problem, relaxed, most_nodes)
    if chosen is None:
        raise ContradictoryLimitsError(
            f"Only divided customers would keep all of {_names(limits)}: move one of them a little."
        )
    prices = relaxed.prices
    used = problem.uses @ chosen
    rows = [
        (limit.name, used[n], limit.least, limit.most, bool(abs(prices[n]) > NEGLIGIBLE), float(prices[n]))
        for n, limit in enumerate(limits)
    ]
    columns = ["name", "used", "least", "most", "is_binding", "price_per_unit"]
    return BudgetPlan(
        offers.index[np.sort(order[chosen])],
        float(problem.gain[chosen].sum()),
        float(problem.gain @ relaxed.share),
        pd.DataFrame(rows, columns=columns).astype({"least": float, "most": float}),
    )


def best_at_prices(customer_id: pd.Series, value: FloatArray) -> BoolArray:
    """Return each customer's best offer of those whose value is above 0.

    Parameters
    ----------
    customer_id : pandas.Series of shape (offers,)
        Whose offer each is.
    value : ndarray of shape (offers,)
        Gain less what it uses of each limit at the limit's price.

    Returns
    -------
    ndarray of bool, shape (offers,)
        Of equal offers the first.
    """
    rows = pd.DataFrame({"customer_id": customer_id.to_numpy(), "value": value})
    best = rows.groupby("customer_id")["value"].idxmax().to_numpy()
    chosen = np.zeros(len(rows), dtype=bool)
    chosen[best[value[best] > 0]] = True
    return chosen


@dataclass(frozen=True)
class _Problem:
    """The offers and limits as arrays, by customer. Of rows with the same action at most one is chosen."""

    gain: FloatArray
    customer: IntArray
    action: IntArray
    per_customer: int
    uses: FloatArray
    least: FloatArray
    most: FloatArray

    @classmethod
    def of(cls, offers: pd.DataFrame, limits: Sequence[Limit], per_customer: int) -> _Problem:
        customer = offers.groupby("customer_id", sort=False).ngroup().to_numpy()
        action = offers.groupby(["customer_id", "action"], sort=False).ngroup().to_numpy()
        return cls(
            offers["gain"].to_numpy(dtype=float),
            customer,
            customer if per_customer == 1 else action,
            per_customer,
            np.array([limit.uses for limit in limits], dtype=float).reshape(len(limits), len(offers)),
            np.array([-np.inf if limit.least is None else limit.least for limit in limits], dtype=float),
            np.array([np.inf if limit.most is None else limit.most for limit in limits], dtype=float),
        )

    def part(self, rows: BoolArray, *, used: FloatArray | float = 0.0, share: float = 1.0) -> _Problem:
        """Return the problem of some offers, with what others leave, or a share, of every limit."""
        return _Problem(
            self.gain[rows],
            self.customer[rows],
            self.action[rows],
            self.per_customer,
            self.uses[:, rows],
            self.least * share - used,
            self.most * share - used,
        )

    def groups(self) -> tuple[csr_matrix, FloatArray]:
        """Return which offers count together, and how many of them may be chosen."""
        by_action = one_hot(self.action)
        if self.per_customer == 1:
            return by_action, np.ones(by_action.shape[0])
        by_customer = one_hot(self.customer)
        most = np.repeat([1.0, float(self.per_customer)], [by_action.shape[0], by_customer.shape[0]])
        return vstack([by_action, by_customer], format="csr"), most


@dataclass(frozen=True)
class _Relaxed:
    """The linear programme's answer: shares of offers, and what a unit more of each limit is worth."""

    share: FloatArray
    prices: FloatArray


def _relax(problem: _Problem) -> _Relaxed | None:
    """Solve the linear programme; None if no shares keep the limits."""
    has_most, has_least = np.isfinite(problem.most), np.isfinite(problem.least)
    if not len(problem.gain):
        is_kept = (problem.least <= 0).all() and (problem.most >= 0).all()
        return _Relaxed(np.zeros(0), np.zeros(len(has_most))) if is_kept else None
    groups, most_of_group = problem.groups()
    result: OptimizeResult = linprog(
        -problem.gain,
        A_ub=vstack(
            [groups, csr_matrix(problem.uses[has_most]), csr_matrix(-problem.uses[has_least])], format="csr"
        ),
        b_ub=np.concatenate([most_of_group, problem.most[has_most], -problem.least[has_least]]),
        bounds=(0, 1),
        method="highs",
    )
    if result.status == 2:
        return None
    if result.x is None:
        raise RuntimeError(f"The budget plan found no solution: {result.message}")
    of_limits = np.maximum(-result.ineqlin.marginals[groups.shape[0] :], 0)
    prices = np.zeros(len(problem.most))
    prices[has_most] += of_limits[: has_most.sum()]
    prices[has_least] -= of_limits[has_most.sum() :]
    return _Relaxed(result.x, prices)


def _relax_all(problem: _Problem) -> _Relaxed | None:
    """Solve the linear programme of all offers, most of it by prices; None if no shares keep the limits."""
    customers = int(problem.customer.max(initial=-1)) + 1
    if customers <= DOUBTFUL_CUSTOMERS:
        return _relax(problem)
    if (problem.least > problem.most).any():
        return None
    prices, is_kept = _prices(problem)
    if not is_kept:
        return None
    chosen, margin = _at_prices(problem, prices)
    doubt = _by_customer(problem, margin)
    seen = DOUBTFUL_CUSTOMERS
    while seen < customers:
        is_open = doubt <= np.sort(doubt)[seen]
        # Of those in doubt only the offers that are near, so that the programme stays small.
        is_near = chosen | (margin <= NEAR * doubt[is_open].max())
        rows = is_open[problem.customer] & is_near
        settled = chosen & ~rows
        relaxed = _relax(problem.part(rows, used=problem.uses @ settled))
        seen *= 2
        if relaxed is None:
            continue
        at_these, _ = _at_prices(problem, relaxed.prices)
        if (at_these[~rows] == chosen[~rows]).all():
            share = settled.astype(float)
            share[rows] = relaxed.share
            return _Relaxed(share, relaxed.prices)
    return _relax(problem)


def _prices(problem: _Problem) -> tuple[FloatArray, bool]:
    """Return prices of the limits near those of the linear programme; False if no choice keeps the limits.

    The bound at any prices (what customers choose at them, and what the limits are worth) is a convex
    function of the prices, made of planes: each evaluation adds, for each of some groups of customers, the
    plane that touches there, and the lowest point of the planes within a box is tried next (Marsten, Hogan
    and Blankenship, The boxstep method, Operations Research 23, 1975; its dual is column generation).
    """
    if not len(problem.most):
        return np.zeros(0), True
    every = int(problem.customer.max()) // SAMPLED_CUSTOMERS + 1
    of_sample = _relax(problem.part(problem.customer % every == 0, share=1 / every))
    best = np.zeros(len(problem.most)) if of_sample is None else of_sample.prices
    planes = _Planes.of(problem)
    lowest, worst = planes.add(best), planes.least_gain
    width = 0.1
    for _ in range(MOST_CUTS):
        tried, floor, is_inside = planes.lowest_point(best, width)
        if is_inside and lowest - floor <= PRICED_WITHIN * max(abs(lowest), abs(worst), NEGLIGIBLE):
            break
        bound = planes.add(tried)
        if bound < worst - PRICED_WITHIN * max(abs(worst), 1.0):
            return tried, False
        width = width / 2 if bound >= lowest else width if is_inside else width * 4
        if bound < lowest:
            lowest, best = bound, tried
    return best, True


class _Planes:
    """Planes below the bound as a function of the prices, by group of customers."""

    def __init__(self, problem: _Problem, starts: IntArray, scale: FloatArray, least_gain: float) -> None:
        self.problem, self.starts, self.scale, self.least_gain = problem, starts, scale, least_gain
        self.gains: list[FloatArray] = []
        self.uses: list[FloatArray] = []

    @classmethod
    def of(cls, problem: _Problem) -> _Planes:
        """Prepare groups, the size of prices by limit, and what no choice gains less than."""
        customers = int(problem.customer.max()) + 1
        first = np.searchsorted(problem.customer, np.arange(0, customers, -(-customers // GROUPS)))
        starts = np.flatnonzero(_starts(problem.customer))
        lowest = np.minimum(np.minimum.reduceat(problem.gain, starts), 0).sum() * problem.per_customer
        used = problem.uses.sum(axis=1) / np.maximum((problem.uses > 0).sum(axis=1), 1)
        scale = (np.abs(problem.gain).mean() or 1.0) / np.maximum(used, NEGLIGIBLE)
        return cls(problem, first, scale, float(lowest))

    def add(self, prices: FloatArray) -> float:
        """Add the planes that touch at these prices; return the bound there."""
        problem, groups = self.problem, len(self.starts)
        rows = np.flatnonzero(_at_prices(problem, prices)[0])
        group = np.searchsorted(self.starts, rows, side="right") - 1
        self.gains.append(np.bincount(group, problem.gain[rows], groups).astype(float))
        self.uses.append(
            np.stack([np.bincount(group, use[rows], groups) for use in problem.uses]).astype(float)
        )
        return float((self.gains[-1] - prices @ self.uses[-1]).sum() + self._worth(prices))

    def lowest_point(self, centre: FloatArray, width: float) -> tuple[FloatArray, float, bool]:
        """Return the lowest point of the planes within a box, its height, and whether it is off the sides."""
        most, least = self.problem.most, self.problem.least
        limits, groups, cuts = len(most), len(self.starts), len(self.gains)
        half = width * (np.abs(centre) + self.scale)
        # An end that isn't there has no price.
        low = np.where(np.isfinite(least), centre - half, np.maximum(centre - half, 0))
        high = np.where(np.isfinite(most), centre + half, np.minimum(centre + half, 0))
        both = np.concatenate
        weights = both(
            [np.where(np.isfinite(most), most, 0), np.where(np.isfinite(least), -least, 0), np.ones(groups)]
        )
        uses = np.concatenate(self.uses, axis=1).T
        result: OptimizeResult = linprog(
            weights,
            A_ub=csr_matrix(np.hstack([-uses, uses, np.tile(-np.eye(groups), (cuts, 1))])),
            b_ub=-both(self.gains),
            bounds=both(
                [
                    np.stack([np.maximum(low, 0), np.maximum(high, 0)], axis=1),
                    np.stack([np.maximum(-high, 0), np.maximum(-low, 0)], axis=1),
                    np.tile([-np.inf, np.inf], (groups, 1)),
                ]
            ),
            method="highs",
            # Looking for what can be left out takes longer than solving so small a programme.
            options={"presolve": False},
        )
        if result.x is None:
            raise RuntimeError(f"The budget plan found no prices: {result.message}")
        prices = result.x[:limits] - result.x[limits : 2 * limits]
        at_side = (np.abs(prices - centre) > half * (1 - 1e-6)) & (np.abs(prices) > 0)
        return prices, float(result.fun), not at_side.any()

    def _worth(self, prices: FloatArray) -> float:
        """Return what the limits are worth at these prices."""
        ends = np.where(prices > 0, self.problem.most, self.problem.least)
        return float((prices[prices != 0] * ends[prices != 0]).sum())


def _best_of_one(problem: _Problem, value: FloatArray) -> tuple[BoolArray, FloatArray]:
    """Return what `_at_prices` does where a customer gets one offer at most, which needs no sorting."""
    best = np.maximum.reduceat(value, np.flatnonzero(_starts(problem.customer)))
    margin = best[problem.customer] - value
    rows = np.flatnonzero(margin == 0)
    rows = rows[_starts(problem.customer[rows])]
    margin[rows] = np.abs(value[rows])
    chosen = np.zeros(len(value), dtype=bool)
    chosen[rows[value[rows] > 0]] = True
    return chosen, margin


def _at_prices(problem: _Problem, prices: FloatArray) -> tuple[BoolArray, FloatArray]:
    """Return what each customer would choose at these prices, and how near each offer is to changing it."""
    value = problem.gain - prices @ problem.uses
    if problem.per_customer == 1:
        return _best_of_one(problem, value)
    margin = np.empty(len(value))
    in_action = np.lexsort((-value, problem.action))
    is_first = _starts(problem.action[in_action])
    best = in_action[is_first]
    # Whoever isn't the best of its action comes in only past that one.
    margin[in_action] = np.repeat(value[best], _sizes(is_first)) - value[in_action]

    ranked = best[np.lexsort((-value[best], problem.customer[best]))]
    is_start = _starts(problem.customer[ranked])
    starts, sizes = np.flatnonzero(is_start), _sizes(is_start)
    rank = np.arange(len(ranked)) - np.repeat(starts, sizes)
    worth = np.append(np.maximum(value[ranked], 0), 0.0)
    last_in = worth[np.where(sizes >= problem.per_customer, starts + problem.per_customer - 1, -1)]
    first_out = worth[np.where(sizes > problem.per_customer, starts + problem.per_customer, -1)]
    is_in = (rank < problem.per_customer) & (value[ranked] > 0)
    margin[ranked] = np.where(
        is_in, value[ranked] - np.repeat(first_out, sizes), np.repeat(last_in, sizes) - value[ranked]
    )
    chosen = np.zeros(len(value), dtype=bool)
    chosen[ranked[is_in]] = True
    return chosen, margin


def _by_customer(problem: _Problem, margin: FloatArray) -> FloatArray:
    """Return how near each customer is to another choice."""
    return np.minimum.reduceat(margin, np.flatnonzero(_starts(problem.customer)))


def _whole(problem: _Problem, relaxed: _Relaxed, most_nodes: int) -> BoolArray | None:
    """Make the divided customers whole, with those nearest to a tie; with more if that keeps no limit."""
    settled = relaxed.share > 1 - NEGLIGIBLE
    divided = np.unique(problem.customer[(relaxed.share > NEGLIGIBLE) & ~settled])
    if not len(divided):
        return settled
    doubt = _by_customer(problem, _at_prices(problem, relaxed.prices)[1])
    doubt[divided] = -np.inf
    order, core = np.argsort(doubt, kind="stable"), len(divided) + CORE_CUSTOMERS
    while True:
        is_open = np.isin(problem.customer, order[:core])
        chosen = settled & ~is_open
        found = _search(problem.part(is_open, used=problem.uses @ chosen), most_nodes)
        if found is not None:
            chosen[is_open] = found
            return chosen
        if core >= len(order):
            return None
        core *= 8


def _search(problem: _Problem, most_nodes: int) -> BoolArray | None:
    """Find the best whole choice; None if there is none."""
    groups, most_of_group = problem.groups()
    limits = LinearConstraint(problem.uses, lb=problem.least, ub=problem.most)
    chosen, _ = best_whole(
        problem.gain, [LinearConstraint(groups, ub=most_of_group), limits], most_nodes=most_nodes
    )
    return chosen


def _contradiction(problem: _Problem, limits: Sequence[Limit]) -> str:
    """Name the fewest limits that contradict one another: without any one of them there is a choice."""
    kept = list(range(len(limits)))
    for n in range(len(limits)):
        fewer = [k for k in kept if k != n]
        part = replace(
            problem, uses=problem.uses[fewer], least=problem.least[fewer], most=problem.most[fewer]
        )
        if not _can_be_kept(part):
            kept = fewer
    return f"No choice of offers keeps {_names([limits[k] for k in kept])}: loosen one of them."


def _can_be_kept(problem: _Problem) -> bool:
    """Return whether there are shares of offers that keep the limits, whatever they gain."""
    problem = replace(problem, gain=np.full(len(problem.gain), -1.0))
    if int(problem.customer.max(initial=-1)) < DOUBTFUL_CUSTOMERS:
        return _relax(problem) is not None
    return bool((problem.least <= problem.most).all()) and _prices(problem)[1]


def _names(limits: Sequence[Limit]) -> str:
    said = [
        f"{limit.name} ("
        + " and ".join(
            f"{word} {end:,g}"
            for word, end in (("least", limit.least), ("most", limit.most))
            if end is not None
        )
        + ")"
        for limit in limits
    ]
    return " together with ".join(said)


def _starts(ordered: IntArray) -> BoolArray:
    return np.append(True, np.diff(ordered) != 0)


def _sizes(is_start: BoolArray) -> IntArray:
    return np.diff(np.append(np.flatnonzero(is_start), len(is_start)))


def _refuse_bad_values(offers: pd.DataFrame, limits: Sequence[Limit], per_customer: int) -> None:
    if per_customer < 1:
        raise ValueError(f"per_customer is {per_customer}, expected 1 or more.")
    if not np.isfinite(offers["gain"].to_numpy(dtype=float)).all():
        first = offers[~np.isfinite(offers["gain"].astype(float))].iloc[0]
        raise ValueError(
            f"The gain of customer {first['customer_id']} is {first['gain']}, expected a number."
        )
    for limit in limits:
        ends = [end for end in (limit.least, limit.most) if end is not None]
        if not ends or not all(end >= 0 for end in ends):
            raise ValueError(f"The limit {limit.name} has ends {ends}, expected one or two of 0 or more.")
        if limit.uses.shape != (len(offers),) or not (np.isfinite(limit.uses) & (limit.uses >= 0)).all():
            raise ValueError(
                f"The limit {limit.name} needs what each of {len(offers)} offers uses, 0 or more."
            )
