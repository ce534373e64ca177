"""Draws the card transactions of one month at a time, in whole columns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from bank_marketing.sampling.draws import Floats, Integers, pick, ranks
from bank_marketing.sampling.transactions_behaviour import Behaviour, month_shares
from bank_marketing.sampling.transactions_tables import (
    AMOUNT_SHARES,
    HOUR_WEIGHTS,
    MerchantCategories,
    month_days,
)

IN_PERSON_ERRORS = {
    "Insufficient Balance": 0.0094,
    "Bad PIN": 0.0024,
    "Technical Glitch": 0.0023,
    "Bad PIN,Insufficient Balance": 0.0003,
    "Bad PIN,Technical Glitch": 0.0002,
}
ONLINE_ERRORS = {
    "Insufficient Balance": 0.0092,
    "Bad Expiration": 0.0046,
    "Bad CVV": 0.0030,
    "Bad Card Number": 0.0016,
    "Technical Glitch": 0.0005,
    "Bad CVV,Insufficient Balance": 0.0003,
    "Bad Card Number,Bad Expiration": 0.0002,
}
CHIP, ONLINE, SWIPE = "Chip Transaction", "Online Transaction", "Swipe Transaction"
# Chips spread from autumn 2014 for five years: an assumption, the real file here ends before.
CHIP_FROM, CHIP_YEARS, CHIP_MOST = 2014.75, 5.0, 0.9
CHAIN_SHARE = 0.55
# Home, a second place of the customer's, anywhere in the country, abroad.
PLACE_SHARES = np.cumsum((0.84, 0.08, 0.0777, 0.0023))
MERCHANT_SHARES = np.cumsum((0.55, 0.25, 0.13, 0.07))
LOCAL_MERCHANTS = 3
LARGEST_MERCHANT_ID = 100_342
FIRST_CARD_WEIGHT = 3.0
PREPAID_FACTOR = 0.6
INCOME_ELASTICITY = 0.12
MONEY_TRANSFER, TRANSFER_STEP_USD = 4829, 20
# Refunds are in whole dollars: small ones come with as many such purchases, large ones for travel and tools.
SMALL_REFUND_USD, LARGE_REFUND_USD = (50, 101), (100, 300)
SMALL_REFUND_CODES = (5499, 5541)
SKIPPED_ID_SHARE = 0.19


class MonthWriter:
    """Everything that is fixed over the months, as arrays that `draw` indexes.

    Parameters
    ----------
    customers, cards : DataFrame
        As `sample_customers` makes them.
    behaviour : Behaviour
        Planted behaviour of the customers.
    categories : MerchantCategories
        Merchant categories with shares and amounts.
    places : DataFrame
        Places as `sample_tables.read_places` gives them.
    rng : numpy.random.Generator
        Source of randomness for merchants and second places.
    """

    def __init__(
        self,
        customers: pd.DataFrame,
        cards: pd.DataFrame,
        behaviour: Behaviour,
        categories: MerchantCategories,
        places: pd.DataFrame,
        rng: np.random.Generator,
    ) -> None:
        self.behaviour = behaviour
        self.categories = categories
        self.client_id = customers["id"].to_numpy()
        self.home = customers["place"].to_numpy()
        income = customers["yearly_income"].to_numpy(dtype=float)
        self.price_level = np.exp(INCOME_ELASTICITY * (ranks(income) - 0.5) * 3.46)
        self._index_cards(len(customers), cards)
        by_group = np.argsort(categories.group, kind="stable")
        weight, group = categories.weight[by_group], categories.group[by_group]
        within = np.cumsum(weight) - np.r_[0, np.cumsum(np.bincount(group, weights=weight))][group]
        self.codes = by_group
        self.code_ends = group + within / np.bincount(group, weights=weight)[group]
        weights = places["weight"].to_numpy(dtype=float)
        self.place_ends = np.cumsum(weights / weights.sum())
        self.abroad = np.flatnonzero(weights == 0)
        self.second_home = np.searchsorted(self.place_ends, rng.random(len(customers)))
        self.place_zip = places["zip"].to_numpy()
        self.cities = [*places["city"], "ONLINE"]
        self.states = sorted(set(places["state"]))
        self.place_state = np.array([self.states.index(state) for state in places["state"]])
        # One number for each merchant: four online, four chains, and some local ones in each place.
        width = 2 * len(MERCHANT_SHARES) + LOCAL_MERCHANTS * len(places)
        numbers = rng.permutation(LARGEST_MERCHANT_ID)[: width * len(categories.mcc)] + 1
        self.merchants = numbers.reshape(len(categories.mcc), width)
        self.errors = [*dict.fromkeys([*IN_PERSON_ERRORS, *ONLINE_ERRORS])]

    def _index_cards(self, n_customers: int, cards: pd.DataFrame) -> None:
        holder = cards["customer"].to_numpy()
        position = np.arange(len(cards)) - np.searchsorted(holder, holder)
        self.card_of = np.full((n_customers, position.max() + 1), -1)
        self.card_of[holder, position] = np.arange(len(cards))
        self.card_id = cards["id"].to_numpy()
        self.opened = cards["acct_open_date"].to_numpy()
        self.expires = cards["expires"].to_numpy()
        self.has_chip = (cards["has_chip"] == "YES").to_numpy()
        self.is_prepaid = (cards["card_type"] == "Debit (Prepaid)").to_numpy()
        self.card_weight = np.where(cards["is_first"], FIRST_CARD_WEIGHT, 1.0)

    def draw(self, index: int, month: np.datetime64, total: int, rng: np.random.Generator) -> pd.DataFrame:
        """Return the transactions of one month in the order of time.

        Parameters
        ----------
        index : int
            Position of the month in the sample, from 0.
        month : numpy.datetime64
            The month, unit M.
        total : int
            Number of transactions wanted; more only if planted beginnings need them.
        rng : numpy.random.Generator
            Source of randomness of this month.

        Returns
        -------
        DataFrame
            One row a transaction; `id` counts from 0, `amount` is in USD, `zip` is -1 where there is none.
        """
        customer, group = self._customers_and_groups(index, total, rng)
        n = len(customer)
        code = self.codes[
            np.minimum(np.searchsorted(self.code_ends, group + rng.random(n)), len(self.codes) - 1)
        ]
        is_online = rng.random(n) < self.categories.online_share[code]
        place, merchant_id, zip_code = self._merchants(customer, code, is_online, rng)
        card = self._cards(customer, int(month.astype(int)) + 1970 * 12, rng)
        years = 1970 + (int(month.astype(int)) + 0.5) / 12
        chips = CHIP_MOST * float(np.clip((years - CHIP_FROM) / CHIP_YEARS, 0, 1))
        use = np.where(is_online, 1, np.where(self.has_chip[card] & (rng.random(n) < chips), 0, 2))
        level = self.price_level[customer] * np.where(self.is_prepaid[card], PREPAID_FACTOR, 1.0)
        days, day_shares = month_days(month)
        hours = np.cumsum(HOUR_WEIGHTS) / sum(HOUR_WEIGHTS)
        minutes = 60 * np.searchsorted(hours, rng.random(n)) + rng.integers(0, 60, n)
        minutes += 1440 * np.minimum(np.searchsorted(np.cumsum(day_shares), rng.random(n)), len(days) - 1)
        block = pd.DataFrame(
            {
                "date": days[0].astype("datetime64[s]") + (60 * minutes).astype("timedelta64[s]"),
                "client_id": self.client_id[customer],
                "card_id": self.card_id[card],
                "amount": self._amounts(code, level, rng),
                "use_chip": _labels(use, [CHIP, ONLINE, SWIPE]),
                "merchant_id": merchant_id,
                "merchant_city": _labels(np.where(is_online, len(self.cities) - 1, place), self.cities),
                "merchant_state": _labels(np.where(is_online, -1, self.place_state[place]), self.states),
                "zip": zip_code,
                "mcc": self.categories.mcc[code],
                "errors": _labels(self._errors(is_online, rng), self.errors),
            }
        )
        block = block.take(np.argsort(minutes, kind="stable"))
        block["id"] = np.cumsum(1 + (rng.random(n) < SKIPPED_ID_SHARE)) - 1
        return block

    def _customers_and_groups(
        self, index: int, total: int, rng: np.random.Generator
    ) -> tuple[Integers, Integers]:
        """Return who pays and for what; habits and planted beginnings have at least one transaction."""
        plan = self.behaviour
        sure = [(c, g) for c, g, m in plan.habits if m == index]
        sure += [(c, g) for c, g, m, _ in plan.starts if m == index]
        payers = np.array([c for c, _ in sure], dtype=np.int64)
        least = np.bincount(payers, minlength=len(self.client_id))
        least = np.where(least > 0, least + 2, 0)
        weights = plan.activity * plan.active[:, index]
        more = max(total - int(least.sum()), 0)
        counts: Integers = least + rng.multinomial(more, weights / weights.sum())
        customer = np.repeat(np.arange(len(counts)), counts)
        shares = month_shares(plan, self.categories.groups, index)
        group = pick(np.cumsum(shares, axis=1)[customer], rng.random(len(customer)))
        first_row = np.cumsum(counts) - counts
        for c, g in sure:
            group[first_row[c]] = g
            first_row[c] += 1
        return customer, group

    def _merchants(
        self, customer: Integers, code: Integers, is_online: np.ndarray, rng: np.random.Generator
    ) -> tuple[Integers, Integers, Integers]:
        n = len(customer)
        where = np.searchsorted(PLACE_SHARES, rng.random(n))
        anywhere = np.minimum(np.searchsorted(self.place_ends, rng.random(n)), len(self.place_ends) - 1)
        place = np.choose(
            np.minimum(where, 3),
            [self.home[customer], self.second_home[customer], anywhere, rng.choice(self.abroad, n)],
        )
        choice = np.minimum(np.searchsorted(MERCHANT_SHARES, rng.random(n)), len(MERCHANT_SHARES) - 1)
        is_chain = rng.random(n) < CHAIN_SHARE
        chains = len(MERCHANT_SHARES)
        local = 2 * chains + LOCAL_MERCHANTS * place + choice % LOCAL_MERCHANTS
        column = np.where(is_online, choice, np.where(is_chain, chains + choice, local))
        merchant_id = self.merchants[code, column]
        quarter = np.where(is_chain, self.client_id[customer], merchant_id) % 9
        has_zip = ~is_online & (self.place_zip[place] >= 0)
        return place, merchant_id, np.where(has_zip, self.place_zip[place] + quarter, -1)

    def _cards(self, customer: Integers, month: int, rng: np.random.Generator) -> Integers:
        cards = self.card_of
        valid = (cards >= 0) & (self.opened[cards] < month) & (self.expires[cards] >= month)
        ends: Floats = np.cumsum(np.where(valid, self.card_weight[cards], 0.0), axis=1)
        ends /= np.maximum(ends[:, -1:], 1e-9)
        chosen: Integers = cards[customer, pick(ends[customer], rng.random(len(customer)))]
        return chosen

    def _amounts(self, code: Integers, level: Floats, rng: np.random.Generator) -> Floats:
        n = len(code)
        uniform = rng.random(n)
        at = np.minimum(np.searchsorted(AMOUNT_SHARES, uniform, side="right") - 1, len(AMOUNT_SHARES) - 2)
        low, high = self.categories.amounts[code, at], self.categories.amounts[code, at + 1]
        start, width = np.asarray(AMOUNT_SHARES)[at], np.diff(AMOUNT_SHARES)[at]
        amount = low * (high / low) ** ((uniform - start) / width) * level
        kind, refunds = rng.random(n), self.categories.refund_share[code]
        is_small = np.isin(self.categories.mcc[code], SMALL_REFUND_CODES)
        small, large = rng.integers(*SMALL_REFUND_USD, n), rng.integers(*LARGE_REFUND_USD, n)
        amount = np.where(is_small & (kind < 2 * refunds), small, amount)
        amount = np.where(kind < refunds, -np.where(is_small, small, large), amount)
        transfers = self.categories.mcc[code] == MONEY_TRANSFER
        stepped = TRANSFER_STEP_USD * np.maximum(np.round(amount / level / TRANSFER_STEP_USD), 1)
        return np.where(transfers, stepped, amount).round(2).astype(np.float64)

    def _errors(self, is_online: np.ndarray, rng: np.random.Generator) -> Integers:
        uniform = rng.random(len(is_online))
        error = np.full(len(is_online), -1)
        for rows, rates in ((~is_online, IN_PERSON_ERRORS), (is_online, ONLINE_ERRORS)):
            numbers = np.array([*[self.errors.index(name) for name in rates], -1])
            error[rows] = numbers[np.searchsorted(np.cumsum(list(rates.values())), uniform[rows])]
        return error


def _labels(codes: Any, names: list[str]) -> pd.Categorical:
    """Return texts as numbers into a list of names, which DuckDB reads without a copy; -1 is null."""
    return pd.Categorical.from_codes(codes, categories=pd.Index(names))
