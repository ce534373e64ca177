"""What the generator knows of the world: merchant categories with amounts, places, and when cards are used.

The figures in the two CSV files beside this module are shares and quantiles measured on the real files (codes
that don't occur there have assumed ones); cities, states, zip codes and coordinates are public facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from bank_marketing.sampling.draws import Floats, Integers
from bank_marketing.transactions.spending_groups import read_spending_groups

AMOUNT_SHARES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
# Share of a day's transactions in each hour, from midnight.
HOUR_WEIGHTS = (
    *(105, 102, 123, 84, 93, 129, 531, 615, 600, 647, 707, 722),
    *(800, 698, 591, 609, 606, 420, 432, 405, 435, 366, 429, 135),
)
# Monday to Sunday, then January to December: assumptions, since the real file here shows two days.
WEEKDAY_WEIGHTS = (0.92, 0.93, 0.96, 1.0, 1.18, 1.16, 0.85)
MONTH_WEIGHTS = (0.95, 0.93, 0.98, 0.98, 1.0, 1.0, 1.01, 1.01, 0.98, 1.0, 1.04, 1.16)
PAYDAYS = (1, 15)
PAYDAY_WEIGHT = 1.25


@dataclass(frozen=True)
class MerchantCategories:
    """Merchant categories as arrays with one entry for each code.

    Attributes
    ----------
    mcc : ndarray of int, shape (n_codes,)
        Merchant category codes.
    description : list of str
        Names of the codes.
    group : ndarray of int, shape (n_codes,)
        Index of each code's spending group in `groups`.
    groups : list of str
        Names of the spending groups, sorted.
    weight, online_share, refund_share : ndarray, shape (n_codes,)
        Relative number of transactions; share of them that are online; share that are refunds.
    amounts : ndarray, shape (n_codes, 7)
        Quantiles of the amount in USD at `AMOUNT_SHARES`.
    """

    mcc: Integers
    description: list[str]
    group: Integers
    groups: list[str]
    weight: Floats
    online_share: Floats
    refund_share: Floats
    amounts: Floats

    def group_shares(self) -> Floats:
        """Return the share of each spending group in the number of transactions, shape (n_groups,)."""
        weights = np.bincount(self.group, weights=self.weight)
        shares: Floats = weights / weights.sum()
        return shares


def read_merchant_categories() -> MerchantCategories:
    """Return the merchant categories, with the spending groups of the reference seed.

    Raises
    ------
    ValueError
        If a code has no spending group.
    """
    table = pd.read_csv(Path(__file__).with_name("transactions_merchant_categories.csv"))
    group_of = read_spending_groups()
    missing = sorted(set(table["mcc"]) - set(group_of))
    if missing:
        raise ValueError(
            f"spending_groups.csv has no row for mcc {missing}: add one with its spending group."
        )
    groups = sorted(set(group_of.values()))
    quantiles = table.filter(like="amount_").to_numpy(dtype=float)
    amounts = np.column_stack([quantiles[:, 0] * 0.5, quantiles, quantiles[:, -1] * 1.3])
    return MerchantCategories(
        mcc=table["mcc"].to_numpy(dtype=np.int64),
        description=table["description"].tolist(),
        group=np.array([groups.index(group_of[code]) for code in table["mcc"]], dtype=np.int64),
        groups=groups,
        weight=table["weight"].to_numpy(dtype=float),
        online_share=table["online_share"].to_numpy(dtype=float),
        refund_share=table["refund_share"].to_numpy(dtype=float),
        amounts=amounts,
    )


def read_places() -> pd.DataFrame:
    """Return the places: city, state, zip (-1 abroad), latitude, longitude, weight (0 abroad)."""
    places = pd.read_csv(Path(__file__).with_name("transactions_places.csv"))
    places["zip"] = places["zip"].fillna(-1).astype(int)
    return places


def month_days(month: np.datetime64) -> tuple[Integers, Floats]:
    """Return the days of a month and the share of its transactions on each.

    Parameters
    ----------
    month : numpy.datetime64
        Month, unit M.

    Returns
    -------
    days : ndarray of datetime64[D], shape (n_days,)
        Days of the month.
    shares : ndarray, shape (n_days,)
        Shares that sum to 1: a weekly rhythm with more before the weekend, and more on paydays.
    """
    days = np.arange(month.astype("datetime64[D]"), (month + 1).astype("datetime64[D]"))
    weekday = (days.astype(np.int64) + 3) % 7
    weights = np.asarray(WEEKDAY_WEIGHTS)[weekday]
    weights[np.asarray(PAYDAYS) - 1] *= PAYDAY_WEIGHT
    return days, weights / weights.sum()
