"""What the retail generator sells: categories, products with prices, coupons and taxes.

The figures in the CSV file beside this module are shares and quantiles measured on the real files; products,
coupon codes and taxes are made up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bank_marketing.sampling.draws import Floats, Integers, quantiles_at, ranks

MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DISCOUNTS_PCT = (10, 20, 30)
# In the real coupon file, too, this category has coupons but no sales.
CATEGORY_ONLY_IN_COUPONS = ("Notebooks", "NOTEPAD")
EXPENSIVE = ("Nest-USA", "Nest", "Nest-Canada")
PRICE_AT = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
QUANTITY_SD_LOG = 1.2
# Prices of one product differ from month to month by one of these factors.
PRICE_POINTS = (0.9, 1.0, 1.0, 1.0, 1.1)
STYLES = ("Harbor", "Summit", "Pixel", "Orbit", "Willow", "Comet", "Atlas", "Coral", "Maple", "Nova", "Echo")
COLOURS = ("Black", "White", "Navy", "Grey", "Red", "Green", "Sand", "Teal")
POPULARITY_EXPONENT = 0.7


@dataclass(frozen=True)
class Catalogue:
    """Products and what one line of an order is worth.

    Attributes
    ----------
    categories : DataFrame
        One row a category, as in the CSV file.
    sku, description : list of str
        One entry for each product; products of a category lie together.
    category : ndarray of int, shape (n_products,)
        Row of each product's category.
    prices : ndarray, shape (n_products, 12)
        Price in each month.
    ends : ndarray, shape (n_products,)
        Category number plus the running share of its lines: where a uniform draw falls.
    quantities : list of (ndarray, ndarray)
        For each category the possible quantities of a line and their probabilities.
    line_values : ndarray, shape (n_categories, 12)
        Expected quantity times price of a line in each month.
    """

    categories: pd.DataFrame
    sku: list[str]
    description: list[str]
    category: Integers
    prices: Floats
    ends: Floats
    quantities: list[tuple[Integers, Floats]]
    line_values: Floats

    def has_coupon(self) -> np.ndarray:
        """Return which categories have coupons, shape (n_categories,)."""
        return self.categories["coupon_prefix"].notna().to_numpy()


def discount_pct(month: int) -> int:
    """Return the discount of all coupons in a month (0 is January), in percent."""
    return DISCOUNTS_PCT[month % len(DISCOUNTS_PCT)]


def make_catalogue(rng: np.random.Generator) -> Catalogue:
    """Make the products of all categories, with prices and popularity that give the mean prices."""
    categories = pd.read_csv(Path(__file__).with_name("sales_categories.csv"))
    sku: list[str] = []
    description: list[str] = []
    prices, ends, quantities, line_values = [], [], [], []
    for row, item in enumerate(categories.itertuples()):
        n = int(item.skus)
        popularity = rng.permutation((1.0 + np.arange(n)) ** -POPULARITY_EXPONENT)
        popularity /= popularity.sum()
        known = [item.price_5, item.price_25, item.price_50, item.price_75, item.price_95]
        base = quantiles_at(ranks(rng.random(n)), PRICE_AT, [known[0] * 0.9, *known, known[-1] * 1.1])
        base *= item.mean_price / (base @ popularity)
        monthly = np.maximum(np.round(base[:, None] * rng.choice(PRICE_POINTS, (n, 12)), 2), 0.39)
        quantity = _quantities(item.one_share, item.mean_quantity, int(item.largest_quantity))
        names = _descriptions(item.nouns.split("|"), int(item.descriptions), rng)
        letters = "".join(rng.choice(list("ABCDEFGHJKLPQR"), 4))
        sku += [f"GGOE{letters}{number:06d}" for number in 10_000 * (row + 1) + 7 * np.arange(n)]
        description += [names[i % len(names)] for i in range(n)]
        prices.append(monthly)
        ends.append(row + np.cumsum(popularity))
        quantities.append(quantity)
        line_values.append((quantity[0] @ quantity[1]) * (popularity @ monthly))
    return Catalogue(
        categories=categories,
        sku=sku,
        description=description,
        category=np.repeat(np.arange(len(categories)), categories["skus"]),
        prices=np.vstack(prices),
        ends=np.concatenate(ends),
        quantities=quantities,
        line_values=np.vstack(line_values),
    )


def coupon_columns(categories: pd.DataFrame) -> dict[str, Sequence[Any]]:
    """Return the coupon file by column; the blank in a header is Kaggle's."""
    with_coupon = [
        *zip(categories["category"], categories["coupon_prefix"], strict=True),
        CATEGORY_ONLY_IN_COUPONS,
    ]
    rows = [
        (month, category, f"{prefix}{discount_pct(i)}", discount_pct(i))
        for category, prefix in with_coupon
        if isinstance(prefix, str)
        for i, month in enumerate(MONTH_NAMES)
    ]
    names = ("Month", "Product_Category ", "Coupon_Code", "Discount_pct")
    return {name: list(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)}


def _quantities(one_share: float, mean: float, largest: int) -> tuple[Integers, Floats]:
    """Return quantities and probabilities: one with its share, above a lognormal tail that gives the mean."""
    tail = np.arange(2, largest + 1)
    wanted = (mean - one_share) / (1 - one_share)
    low, high = -6.0, 9.0
    for _ in range(60):
        middle = (low + high) / 2
        weights = np.exp(-((np.log(tail) - middle) ** 2) / (2 * QUANTITY_SD_LOG**2)) / tail
        low, high = (middle, high) if (weights @ tail) / weights.sum() < wanted else (low, middle)
    return np.r_[1, tail], np.r_[one_share, (1 - one_share) * weights / weights.sum()]


def _descriptions(nouns: list[str], wanted: int, rng: np.random.Generator) -> list[str]:
    names = [f"{style} {noun} {colour}" for style in STYLES for noun in nouns for colour in COLOURS]
    return [str(name) for name in rng.permutation(names)[:wanted]]
