"""Orders and their lines: who buys what with which coupon, and what delivery costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bank_marketing.sampling.draws import Floats, Integers
from bank_marketing.sampling.sales_products import EXPENSIVE, Catalogue, discount_pct
from bank_marketing.sampling.sales_shoppers import Shoppers

COUPON_STATUS = ("Used", "Clicked", "Not Used")
COUPON_SHARES = np.cumsum((0.338, 0.509, 0.153))
LINES_PER_ORDER = 2.1118
# Orders with one line, two lines and so on.
LINE_COUNTS = (
    *(14637, 4748, 2138, 1217, 698, 509, 322, 206, 175, 108, 67),
    *(50, 35, 31, 35, 15, 16, 10, 9, 9, 25),
)
# How many times more orders are drawn than kept, and how alike the customers of a day are in ordering.
SURPLUS, EAGERNESS_SHAPE = 3.0, 4.0
# Share of the orders with several lines that hold lines of several customers; how many customers, from two.
SHARED_SHARE = 0.148
SHARING_CUSTOMERS = (1126, 157, 23, 8, 5)
# A line repeats the category of its order's first line with this probability.
SAME_CATEGORY_SHARE = 0.35
# Delivery: a usual charge (the winter one on the first and last days of the year), often another one.
USUAL_DELIVERY, WINTER_DELIVERY = 6.0, 6.5
WINTER_DAYS = (105, 325)
USUAL_DELIVERY_SHARE, LISTED_DELIVERY_SHARE = 0.85, 0.10
LISTED_DELIVERY = (12.99, 12.99, 12.99, 12.99, 12.99, 19.99, 19.99, 8.7, 12.48, 12.91, 0.0, 18.47)
LARGEST_DELIVERY = 521.36


@dataclass(frozen=True)
class Lines:
    """Order lines as columns, in the order of the file; all have shape (n_lines,).

    Attributes
    ----------
    order, day, customer, product, quantity, coupon : ndarray of int
        Order and day from 0; row of the customer; row of the product; pieces; index in `COUPON_STATUS`.
    delivery : ndarray
        Charge of the line's order in USD.
    """

    order: Integers
    day: Integers
    customer: Integers
    product: Integers
    quantity: Integers
    coupon: Integers
    delivery: Floats


def net_share(month: int) -> float:
    """Return what is left on average of gross revenue after coupons, in a month (0 is January)."""
    return 1 - float(COUPON_SHARES[0]) * discount_pct(month) / 100


def draw_lines(
    weights: Floats,
    n_lines: int,
    shoppers: Shoppers,
    order_value: Floats,
    expensive_share: Floats,
    month: Integers,
    catalogue: Catalogue,
    rng: np.random.Generator,
) -> tuple[Lines, Floats, float]:
    """Draw the lines of a year.

    More orders are drawn than needed. Each day keeps as many as bring its share of the year's revenue, where
    an order counts by what it is worth in relation to what its customers' orders are worth on average: so the
    days follow the demand closely, and who is there still matters.

    Parameters
    ----------
    weights : ndarray, shape (n_days,)
        Share of each day in the year's net revenue.
    n_lines : int
        Lines of the year.
    shoppers : Shoppers
        Who is there on which day; each of them has an order on that day.
    order_value : ndarray, shape (n_customers,)
        Mean value of a customer's orders before discounts.
    expensive_share : ndarray, shape (n_customers,)
        Probability that a line of the customer's is of an expensive category.
    month : ndarray of int, shape (n_days,)
        Month of each day, 0 is January.
    catalogue : Catalogue
        Products.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    lines : Lines
        The lines, by day and order.
    wanted : ndarray, shape (n_days,)
        Number of average orders that the demand of each day asks for.
    mean_worth : float
        What the orders of the file are worth in relation to average ones: below 1, since a day that is nearly
        full has no room for a large order.
    """
    shares = np.array([net_share(m) for m in month])
    wanted = weights / shares / (weights / shares).sum() * n_lines / LINES_PER_ORDER
    owner, order_day = _owners(np.ceil(SURPLUS * wanted).astype(int) + 10, shoppers, rng)
    counts = 1 + np.searchsorted(np.cumsum(LINE_COUNTS), rng.random(len(owner)) * sum(LINE_COUNTS))
    order = np.repeat(np.arange(len(owner)), counts)
    customer = _customers(owner, order_day, counts, order, shoppers, rng)
    category = _categories(customer, order, expensive_share, catalogue, rng)
    product = _products(category, order, catalogue, rng)
    quantity = np.empty(len(order), dtype=np.int64)
    for row, (sizes, chances) in enumerate(catalogue.quantities):
        rows = np.flatnonzero(category == row)
        quantity[rows] = rng.choice(sizes, len(rows), p=chances)
    coupon = np.minimum(np.searchsorted(COUPON_SHARES, rng.random(len(order))), len(COUPON_STATUS) - 1)

    day = order_day[order]
    off = np.where((coupon == 0) & catalogue.has_coupon()[category], _discounts()[month[day]], 0.0)
    value = quantity * catalogue.prices[product, month[day]] * (1 - off)
    worth = np.bincount(order, weights=value / (order_value[customer] * shares[day])).astype(np.float64)
    wanted, kept_orders = _keep_orders(worth, order_day, counts, wanted, n_lines, shoppers)
    kept = _keep_lines(kept_orders[order], order, n_lines, rng)
    order = np.unique(order[kept], return_inverse=True)[1]
    pieces = np.bincount(order, weights=quantity[kept]).astype(np.float64)
    first_line = np.searchsorted(order, np.arange(len(pieces)))
    delivery = _delivery(pieces, day[kept][first_line], rng)[order]
    lines = Lines(order, day[kept], customer[kept], product[kept], quantity[kept], coupon[kept], delivery)
    return lines, wanted, float(worth[kept_orders].mean())


def _discounts() -> Floats:
    return np.array([discount_pct(month) / 100 for month in range(12)])


def _owners(orders: Integers, shoppers: Shoppers, rng: np.random.Generator) -> tuple[Integers, Integers]:
    """Return the customer and the day of each order: first one for everybody of a day, then by chance."""
    owners = []
    starts = np.searchsorted(shoppers.visit_day, np.arange(len(orders) + 1))
    for day, n in enumerate(orders):
        there = shoppers.visit_customer[starts[day] : starts[day + 1]]
        eager = rng.gamma(EAGERNESS_SHAPE, 1.0, len(there))
        owners.append(np.r_[rng.permutation(there), rng.choice(there, int(n), p=eager / eager.sum())])
    days = np.repeat(np.arange(len(orders)), [len(owner) for owner in owners])
    return np.concatenate(owners), days


def _keep_orders(
    worth: Floats, order_day: Integers, counts: Integers, wanted: Floats, n_lines: int, shoppers: Shoppers
) -> tuple[Floats, np.ndarray]:
    """Return what each day is given and which orders it keeps, with `n_lines` lines or a few more in all."""
    starts = np.searchsorted(order_day, np.arange(len(wanted) + 1))
    running = np.cumsum(worth)
    before = np.r_[0.0, running][starts[:-1]]
    position = np.arange(len(worth)) - starts[order_day]
    must = position < np.bincount(shoppers.visit_day, minlength=len(wanted))[order_day]
    low, high = 0.5, 2.0
    for _ in range(40):
        factor = (low + high) / 2
        # An order is kept if the day comes nearer to what is wanted with it than without it.
        kept = must | (running - before[order_day] - worth / 2 < factor * wanted[order_day])
        low, high = (low, factor) if counts[kept].sum() >= n_lines else (factor, high)
    kept = must | (running - before[order_day] - worth / 2 < high * wanted[order_day])
    return high * wanted, kept


def _keep_lines(kept: np.ndarray, order: Integers, n_lines: int, rng: np.random.Generator) -> np.ndarray:
    """Return which lines stay if just `n_lines` shall: orders with several lines lose the surplus."""
    repeated = np.flatnonzero(kept & (np.r_[-1, order[:-1]] == order))
    kept[rng.permutation(repeated)[: int(kept.sum()) - n_lines]] = False
    return kept


def _customers(
    owner: Integers,
    order_day: Integers,
    counts: Integers,
    order: Integers,
    shoppers: Shoppers,
    rng: np.random.Generator,
) -> Integers:
    """Return the customer of each line: the order's, but for the orders that several customers share."""
    customer = owner[order]
    first_line = np.cumsum(counts) - counts
    starts = np.searchsorted(shoppers.visit_day, np.arange(order_day[-1] + 2))
    shares = np.asarray(SHARING_CUSTOMERS) / sum(SHARING_CUSTOMERS)
    candidates = np.flatnonzero(counts > 1)
    for row in candidates[rng.random(len(candidates)) < SHARED_SHARE]:
        there = shoppers.visit_customer[starts[order_day[row]] : starts[order_day[row] + 1]]
        others = there[there != owner[row]]
        if not len(others):
            continue
        wanted = min(2 + int(rng.choice(len(shares), p=shares)), int(counts[row]), 1 + len(others))
        sharing = (
            np.r_[owner[row], rng.choice(others, wanted - 1, replace=False)] if wanted > 1 else owner[[row]]
        )
        lines = slice(first_line[row], first_line[row] + counts[row])
        customer[lines] = np.r_[sharing, rng.choice(sharing, int(counts[row]) - len(sharing))]
    return customer


def _categories(
    customer: Integers,
    order: Integers,
    expensive_share: Floats,
    catalogue: Catalogue,
    rng: np.random.Generator,
) -> Integers:
    expensive = catalogue.categories["category"].isin(EXPENSIVE).to_numpy()
    weights = catalogue.categories["weight"].to_numpy(dtype=float)

    def draw(is_expensive: np.ndarray) -> Integers:
        drawn = np.empty(len(is_expensive), dtype=np.int64)
        for rows, of in ((is_expensive, expensive), (~is_expensive, ~expensive)):
            shares = np.where(of, weights, 0.0)
            drawn[rows] = rng.choice(len(weights), int(rows.sum()), p=shares / shares.sum())
        return drawn

    n = len(customer)
    category = draw(rng.random(n) < expensive_share[customer])
    first = np.searchsorted(order, order)
    repeats = (rng.random(n) < SAME_CATEGORY_SHARE) & (customer == customer[first])
    category = np.where(repeats, category[first], category)
    products = catalogue.categories["skus"].to_numpy()
    return _draw_again(category, order, products, lambda rows: draw(expensive[category[rows]]))


def _products(
    category: Integers, order: Integers, catalogue: Catalogue, rng: np.random.Generator
) -> Integers:
    def draw(rows: Integers) -> Integers:
        at = np.searchsorted(catalogue.ends, category[rows] + rng.random(len(rows)))
        return np.minimum(at, len(catalogue.sku) - 1)

    once = np.ones(len(catalogue.sku), dtype=np.int64)
    return _draw_again(draw(np.arange(len(order))), order, once, draw)


def _draw_again(
    drawn: Integers, order: Integers, most: Integers, draw: Callable[[Integers], Integers]
) -> Integers:
    """Draw again, in place, for each line before which its order holds the most of what the line has drawn.

    An order so has no product twice, as in the real file, and no more lines of a category than products. It
    ends, since the longest order has fewer lines than there are expensive products.
    """
    rows = np.arange(len(order))
    while True:
        key = order[rows] * len(most) + drawn[rows]
        by_key = np.argsort(key, kind="stable")
        before = np.empty(len(rows), dtype=np.int64)
        before[by_key] = np.arange(len(rows)) - np.searchsorted(key[by_key], key[by_key])
        again = rows[before >= most[drawn[rows]]]
        if not len(again):
            return drawn
        drawn[again] = draw(again)
        rows = rows[np.isin(order[rows], order[again])]


def _delivery(pieces: Floats, day: Integers, rng: np.random.Generator) -> Floats:
    n = len(day)
    is_winter = (day < WINTER_DAYS[0]) | (day >= WINTER_DAYS[1])
    usual = np.where(is_winter, WINTER_DELIVERY, USUAL_DELIVERY)
    by_size = np.minimum((16 + 1.2 * pieces) * np.exp(rng.normal(0, 0.5, n)), LARGEST_DELIVERY)
    kind = rng.random(n)
    charge = np.where(
        kind < USUAL_DELIVERY_SHARE + LISTED_DELIVERY_SHARE, rng.choice(LISTED_DELIVERY, n), by_size
    )
    return np.where(kind < USUAL_DELIVERY_SHARE, usual, charge).round(2).astype(np.float64)
