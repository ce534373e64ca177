"""Synthetic bank customers and their cards, with the marginals and correlations of the real files."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bank_marketing.sampling.draws import Integers, quantiles_at, ranks, spread

TODAY_YEAR, TODAY_MONTH = 2020, 2
# Shares of the distribution, and the quantiles there, measured on the real files.
AT = (0.0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0)
AGE_YEARS = (18, 18, 19, 22, 30, 44, 58, 71, 80, 90, 98)
RETIREMENT_AGE_YEARS = (50, 56, 60, 62, 65, 66, 68, 70, 72, 75, 79)
CREDIT_SCORE = (480, 520, 589, 620, 681, 711.5, 753, 792, 815, 850, 850)
YEARLY_INCOME_USD = (900, 10139, 22850, 26752, 32819, 40745, 52699, 68765, 82981, 118866, 290000)
TOTAL_DEBT_USD = (0, 0, 0, 2142, 23987, 58251, 89071, 127343, 153446, 231628, 480000)
CREDIT_CARDS = (416, 388, 449, 376, 206, 105, 40, 17, 3)
FEMALE_SHARE = 0.508
ZERO_PER_CAPITA_SHARE = 0.0075
# Brand, type and number of cards; credit limits by type at the shares of LIMIT_AT.
CARD_KINDS = (
    ("Mastercard", "Debit", 2191),
    ("Visa", "Debit", 1320),
    ("Visa", "Credit", 811),
    ("Mastercard", "Credit", 635),
    ("Amex", "Credit", 402),
    ("Mastercard", "Debit (Prepaid)", 383),
    ("Discover", "Credit", 209),
    ("Visa", "Debit (Prepaid)", 195),
)
LIMIT_AT = (0.0, 0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98, 1.0)
LIMITS_USD = {
    "Debit": (0, 1212, 4976, 11010, 16454, 23478, 32165, 52167, 140000),
    "Credit": (0, 700, 4600, 7200, 10100, 13900, 18840, 26888, 90000),
    "Debit (Prepaid)": (0, 11, 30, 51, 65, 80, 95, 111, 140),
}
FIRST_DIGIT = {"Mastercard": "5", "Visa": "4", "Amex": "3", "Discover": "6"}
CHIP_SHARE = 0.895
CARDS_ISSUED = (3114, 2972, 60)
# Number of cards opened in each year from 1991 to 2020.
OPENED_FROM = 1991
OPENED = (
    *(3, 2, 3, 10, 6, 16, 27, 42, 61, 64, 121, 147, 197, 246, 300),
    *(359, 408, 487, 466, 545, 335, 188, 199, 178, 148, 120, 101, 101, 88, 1178),
)
EXPIRES_LATE_SHARE = 0.75
SAME_YEAR_PIN_SHARE = 0.42
STREETS = ("Street", "Avenue", "Lane", "Drive", "Boulevard")
STREET_NAMES = (
    *(
        "Oak",
        "Maple",
        "Cedar",
        "Hill",
        "Lake",
        "River",
        "Park",
        "Church",
        "Spring",
        "Meadow",
        "Forest",
        "Union",
    ),
    *("Garden", "Harbor", "Orchard", "Summit", "Willow", "Prairie", "Mill Pond", "Stone Bridge", "Fox Run"),
)


def make_customers(n: int, places: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Make bank customers.

    Parameters
    ----------
    n : int
        Number of customers.
    places : DataFrame
        Places with latitude, longitude and weight, as `sample_tables.read_places` gives them.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    DataFrame
        One row a customer, in the order of the file: `id` and the other columns of Kaggle's users_data.csv
        as numbers (money in whole USD), and `place`, the row of the home in `places`.
    """
    z_age, z_income, z_debt, z_cards = rng.normal(size=(4, n))
    age_rank, income_rank = ranks(z_age), ranks(z_income - 0.12 * z_age)
    age = quantiles_at(age_rank, AT, AGE_YEARS).round().astype(int)
    older = np.clip((age - 58) / 15, 0, 1.6)
    birth_month = rng.integers(1, 13, n)
    income = quantiles_at(income_rank, AT, YEARLY_INCOME_USD).round().astype(int)
    per_capita = (income / 2.0389 * np.exp(rng.normal(0, 0.12, n))).round().astype(int)
    per_capita[spread((ZERO_PER_CAPITA_SHARE, 1 - ZERO_PER_CAPITA_SHARE), n, rng) == 0] = 0
    debt = quantiles_at(ranks(0.45 * z_income + 0.87 * z_debt - 1.3 * older), AT, TOTAL_DEBT_USD)
    counts = np.sort(spread(CREDIT_CARDS, n, rng)) + 1
    place = spread(places["weight"].to_numpy(), n, rng)
    return pd.DataFrame(
        {
            "id": rng.permutation(n),
            "current_age": age,
            "retirement_age": quantiles_at(ranks(rng.normal(size=n)), AT, RETIREMENT_AGE_YEARS)
            .round()
            .astype(int),
            "birth_year": TODAY_YEAR - age - (birth_month > TODAY_MONTH),
            "birth_month": birth_month,
            "gender": np.where(spread((FEMALE_SHARE, 1 - FEMALE_SHARE), n, rng) == 0, "Female", "Male"),
            "address": _addresses(n, rng),
            "latitude": (places["latitude"].to_numpy()[place] + rng.normal(0, 0.2, n)).round(2),
            "longitude": (places["longitude"].to_numpy()[place] + rng.normal(0, 0.2, n)).round(2),
            "per_capita_income": per_capita,
            "yearly_income": income,
            "total_debt": debt.round().astype(int),
            "credit_score": quantiles_at(ranks(rng.normal(size=n)), AT, CREDIT_SCORE).round().astype(int),
            "num_credit_cards": counts[_rank_order(0.47 * z_age + 0.88 * z_cards)],
            "place": place,
        }
    )


def make_cards(customers: pd.DataFrame, first_use: Integers, rng: np.random.Generator) -> pd.DataFrame:
    """Make the cards of bank customers.

    Parameters
    ----------
    customers : DataFrame
        As `make_customers` returns them.
    first_use : ndarray of int, shape (n_customers,)
        Month of each customer's first transaction, counted from January of year 0; -1 for nobody's.
        A customer with transactions holds a first card that is open from then on.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    DataFrame
        One row a card: the columns of Kaggle's cards_data.csv with dates as months counted from January of
        year 0 (`expires`, `acct_open_date`), `customer`, the row of the holder, and `is_first`.
    """
    holder = np.repeat(np.arange(len(customers)), customers["num_credit_cards"])
    n = len(holder)
    is_first = np.r_[True, holder[1:] != holder[:-1]]
    adult = (customers["birth_year"].to_numpy()[holder] + 18) * 12 + customers["birth_month"].to_numpy()[
        holder
    ]
    opened = (OPENED_FROM + spread(OPENED, n, rng)) * 12 + rng.integers(0, 12, n)
    newest = TODAY_YEAR * 12 + TODAY_MONTH - 1
    opened = np.minimum(np.maximum(opened, adult), newest - (opened % 2))
    late = spread((EXPIRES_LATE_SHARE, 1 - EXPIRES_LATE_SHARE), n, rng) == 0
    used_from = first_use[holder]
    must_be_open = is_first & (used_from >= 0)
    earliest = np.maximum(adult, used_from - 12 * 12)
    in_time = earliest + (rng.random(n) * np.maximum(used_from - earliest, 1)).astype(int)
    opened = np.where(must_be_open & (opened >= used_from), np.minimum(in_time, used_from - 1), opened)
    last_month = np.where(late | must_be_open, 2024 * 12 + 11, 2019 * 12 + 11)
    first_month = np.maximum(np.where(late | must_be_open, 2020 * 12, 0), opened + 12)
    expires = first_month + (rng.random(n) * np.maximum(last_month - first_month + 1, 1)).astype(int)
    opened_year = opened // 12
    later_pin = opened_year + 1 + (rng.random(n) * np.maximum(TODAY_YEAR - opened_year, 0) * 0.9).astype(int)
    same_pin = (rng.random(n) < SAME_YEAR_PIN_SHARE) | (opened_year == TODAY_YEAR)
    kind = spread([count for _, _, count in CARD_KINDS], n, rng)
    brands, types = (np.array([row[i] for row in CARD_KINDS]) for i in (0, 1))
    cards = pd.DataFrame(
        {
            "id": rng.permutation(n),
            "client_id": customers["id"].to_numpy()[holder],
            "card_brand": brands[kind],
            "card_type": types[kind],
            "card_number": _card_numbers(brands[kind], rng),
            "expires": expires,
            "cvv": rng.integers(0, 1000, n),
            "has_chip": np.where(spread((CHIP_SHARE, 1 - CHIP_SHARE), n, rng) == 0, "YES", "NO"),
            "num_cards_issued": spread(CARDS_ISSUED, n, rng) + 1,
            "credit_limit": 0,
            "acct_open_date": opened,
            "year_pin_last_changed": np.where(same_pin, opened_year, np.minimum(later_pin, TODAY_YEAR)),
            "card_on_dark_web": "No",
            "customer": holder,
            "is_first": is_first,
        }
    )
    for card_type, limits in LIMITS_USD.items():
        rows = (cards["card_type"] == card_type).to_numpy()
        shares = ranks(rng.random(int(rows.sum())))
        cards.loc[rows, "credit_limit"] = quantiles_at(shares, LIMIT_AT, limits).round().astype(int)
    return cards


def passes_luhn(number: str) -> bool:
    """Return whether the digits of a card number satisfy the check digit of real cards (ISO/IEC 7812)."""
    digits = [int(digit) * (1 + i % 2) for i, digit in enumerate(reversed(number))]
    return sum(digit - 9 if digit > 9 else digit for digit in digits) % 10 == 0


def _card_numbers(brands: np.ndarray, rng: np.random.Generator) -> list[str]:
    """Return numbers that look like card numbers, but fail the check digit, so that none can be real."""
    numbers = []
    for brand, digits in zip(brands, rng.integers(0, 10**14, len(brands)), strict=True):
        number = f"{FIRST_DIGIT[brand]}{digits:014d}" + ("" if brand == "Amex" else str(digits % 7))
        numbers.append(number[:-1] + str((int(number[-1]) + 1) % 10) if passes_luhn(number) else number)
    return numbers


def _addresses(n: int, rng: np.random.Generator) -> list[str]:
    names, kinds = rng.integers(0, len(STREET_NAMES), n), rng.integers(0, len(STREETS), n)
    domains = (10 ** rng.uniform(1, 4, n)).astype(int)
    return [f"{h} {STREET_NAMES[a]} {STREETS[k]}" for h, a, k in zip(domains, names, kinds, strict=True)]


def _rank_order(score: np.ndarray) -> Integers:
    order: Integers = np.empty(len(score), dtype=np.int64)
    order[np.argsort(score, kind="stable")] = np.arange(len(score))
    return order
