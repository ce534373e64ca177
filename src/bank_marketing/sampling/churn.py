"""Synthetic churn customers whose leaving follows hazard ratios that we planted and so know.

Each customer goes through the whole years of tenure 0 to 10, each with four quarters at whose end one may
leave with probability baseline x exp(sum of log hazard ratios), at most 1: discrete proportional hazards,
seen on whole years only. Those who stay through a year are looked at then (censored) with a probability that
is the same for all, so censoring tells nothing. Tenure 0 is the first half year.

Quarters, because a Cox model with Efron's ties on whole years then recovers the log hazard ratios without a
shift; in continuous time the ties of the last years shrink the largest, at one step a year they inflate them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bank_marketing.sampling.files import rows_at_scale, write_csv

COLUMNS = (
    "RowNumber",
    "CustomerId",
    "Surname",
    "CreditScore",
    "Geography",
    "Gender",
    "Age",
    "Tenure",
    "Balance",
    "NumOfProducts",
    "HasCrCard",
    "IsActiveMember",
    "EstimatedSalary",
    "Exited",
    "Complain",
    "Satisfaction Score",
    "Card Type",
    "Point Earned",
)
FIRST_ID = 16_000_000
ID_RANGE = 250_000
COUNTRIES = ("France", "Germany", "Spain")
COUNTRY_SHARES = (0.505, 0.245, 0.25)
CARD_TYPES = ("DIAMOND", "GOLD", "PLATINUM", "SILVER")
# Shares of 1 to 4 products, and the share without any balance at 1 to 4 products (in Germany there is none).
PRODUCT_SHARES = {True: (0.540, 0.411, 0.039, 0.010), False: (0.4975, 0.476, 0.0215, 0.005)}
ZERO_BALANCE_SHARES = np.array([0.237, 0.737, 0.586, 0.390])
COMPLAIN_DIFFERS_SHARE = 0.0014

# Conditions over the raw columns that pandas and SQL can both evaluate; everybody else is the reference.
LOG_HAZARD_RATIOS = {
    "germany": ("Geography == 'Germany'", 1.2),
    "female": ("Gender == 'Female'", 0.65),
    "inactive": ("IsActiveMember == 0", 0.8),
    "inactive_50_to_69": ("IsActiveMember == 0 and Age >= 50 and Age < 70", 2.0),
    "age_35_to_39": ("Age >= 35 and Age < 40", 0.6),
    "age_40_to_44": ("Age >= 40 and Age < 45", 1.5),
    "age_45_to_49": ("Age >= 45 and Age < 50", 2.95),
    "age_50_to_64": ("Age >= 50 and Age < 65", 3.0),
    "age_65_to_69": ("Age >= 65 and Age < 70", 1.2),
    "products_2": ("NumOfProducts == 2", -1.2),
    "products_3_or_4": ("NumOfProducts >= 3", 3.0),
    "no_balance": ("Balance == 0", 1.0),
    "no_balance_2_products": ("Balance == 0 and NumOfProducts == 2", -2.3),
}
# Chosen so that, as in the real file, about a fifth of the customers of each tenure have left.
QUARTERLY_BASELINES = (
    *(2.52e-5, 1.14e-4, 2.02e-4, 3.34e-4, 5.22e-4, 8.35e-4),
    *(1.25e-3, 2.09e-3, 3.82e-3, 8.96e-3, 2.11e-2),
)
QUARTERS = 4
TENURE_SHARES = np.array([0.042, 0.102, 0.103, 0.101, 0.099, 0.102, 0.098, 0.101, 0.101, 0.1, 0.051])
# Invented.
SURNAMES = """
Abberlin Adhavel Altomere Anselode Arvenko Bastwick Belcarro Benorsky Brunfeld Calverin Carnehall
Castorel Chidorah Coldmere Danverly Delacorn Dorvalle Dunstowe Ebonado Elverton Engstrad Falkomer
Farnaby Fennosi Ferranow Galdovic Garrowin Gessolini Halvener Harcombe Hildaker Imbrosso Inverlee
Jandrell Jorvasen Kaldwin Keswardo Kirovane Lanthier Lidgrove Lorimond Macvenn Maldoran Mertensky
Nardovel Nkemara Norhaven O'Brannic O'Dalvey Okwendu Palgrano Pemberwell Quillaro Rastovich Rivaldor
Rosbeck Salverio Stanmoor Tarvello Thorgate Umbrecht Valdesino Venmoor Wexcombe Whitbarrow Yarrosen
Zambrelli Zhenlow
"""


def write_sample(folder: Path, *, scale: float, seed: int) -> dict[str, Any]:
    """Write `raw_churn_customers.csv` and return what was planted in it.

    Parameters
    ----------
    folder : Path
        Existing folder to write into.
    scale : float
        1 gives 8,000 customers; never more than the real file's 10,000, never fewer than 200.
    seed : int
        The same seed and scale give the same bytes.

    Returns
    -------
    dict
        The planted truth; `docs/sample/README.md` says what its entries mean.
    """
    # Two streams, so that a change to one column of the customers leaves the luck of the exits as it was.
    exits_rng, customers_rng = np.random.default_rng(seed).spawn(2)
    frame = _customers(customers_rng, rows_at_scale(scale, at_one=8_000, real=10_000))
    frame["Tenure"], frame["Exited"] = _tenure_and_exit(exits_rng, hazard_ratios(frame))
    differs = exits_rng.random(len(frame)) < COMPLAIN_DIFFERS_SHARE
    frame["Complain"] = np.where(differs, 1 - frame["Exited"], frame["Exited"])
    _write(folder, frame)
    return _truth(frame)


def hazard_ratios(customers: pd.DataFrame) -> np.ndarray:
    """Return the planted hazard of each customer relative to one for whom no condition holds.

    Parameters
    ----------
    customers : DataFrame
        The raw columns, one row a customer.

    Returns
    -------
    ndarray of shape (n_customers,)
        Hazard ratios.
    """
    log_ratios = np.zeros(len(customers))
    for condition, log_hazard_ratio in LOG_HAZARD_RATIOS.values():
        log_ratios += log_hazard_ratio * np.asarray(customers.eval(condition, engine="python"), dtype=float)
    ratios: np.ndarray = np.exp(log_ratios)
    return ratios


def _customers(rng: np.random.Generator, n: int) -> pd.DataFrame:
    country = rng.choice(COUNTRIES, n, p=COUNTRY_SHARES)
    is_german = country == "Germany"
    products = np.where(
        is_german,
        rng.choice((1, 2, 3, 4), n, p=PRODUCT_SHARES[True]),
        rng.choice((1, 2, 3, 4), n, p=PRODUCT_SHARES[False]),
    )
    has_many = products >= 3
    age = np.clip(np.round(17.5 + 4.0 * has_many + rng.gamma(4.0, 5.32, n)), 18, 92).astype(int)
    return pd.DataFrame(
        {
            "RowNumber": np.arange(1, n + 1),
            "CustomerId": FIRST_ID + rng.permutation(ID_RANGE)[:n],
            "Surname": rng.choice(SURNAMES.split(), n),
            "CreditScore": np.clip(np.round(rng.normal(651, 98, n)), 350, 850).astype(int),
            "Geography": country,
            "Gender": np.where(rng.random(n) < np.where(has_many, 0.57, 0.451), "Female", "Male"),
            "Age": age,
            "Balance": _balance(rng, is_german, products),
            "NumOfProducts": products,
            "HasCrCard": (rng.random(n) < 0.71).astype(int),
            "IsActiveMember": (rng.random(n) < _share_active(age)).astype(int),
            "EstimatedSalary": rng.integers(1_000, 20_000_000, n) / 100,
            "Satisfaction Score": rng.integers(1, 6, n),
            "Card Type": rng.choice(CARD_TYPES, n),
            "Point Earned": rng.integers(209, 1_001, n),
        }
    )


def _balance(rng: np.random.Generator, is_german: np.ndarray, products: np.ndarray) -> np.ndarray:
    deviation = np.where(is_german, 27_000, 31_700)
    balance = np.clip(np.round(rng.normal(119_950, deviation), 2), 4_000, 240_000)
    has_none = ~is_german & (rng.random(len(products)) < ZERO_BALANCE_SHARES[products - 1])
    return np.where(has_none, 0.0, balance)


def _share_active(age: np.ndarray) -> np.ndarray:
    return np.asarray(np.interp(age, (18, 32, 46, 54, 65, 75), (0.52, 0.495, 0.465, 0.53, 0.77, 0.91)))


def _tenure_and_exit(rng: np.random.Generator, ratios: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    tenure, exited = np.full(len(ratios), -1), np.zeros(len(ratios), dtype=int)
    for year, (baseline, censored_share) in enumerate(zip(QUARTERLY_BASELINES, _censoring(), strict=True)):
        is_there = tenure < 0
        leaving_share = 1 - (1 - np.minimum(1, baseline * ratios)) ** QUARTERS
        leaves = is_there & (rng.random(len(ratios)) < leaving_share)
        is_seen = is_there & ~leaves & (rng.random(len(ratios)) < censored_share)
        exited[leaves] = 1
        tenure[leaves | is_seen] = year
    return tenure, exited


def _censoring() -> np.ndarray:
    """Return for each year the share of stayers seen then: four fifths of the customers of that tenure."""
    still_there = TENURE_SHARES[::-1].cumsum()[::-1]
    censored: np.ndarray = 0.8 * TENURE_SHARES / (still_there - 0.2 * TENURE_SHARES)
    censored[-1] = 1.0
    return censored


def _write(folder: Path, frame: pd.DataFrame) -> None:
    text = frame.assign(
        Balance=[_money(value) for value in frame["Balance"]],
        EstimatedSalary=[_money(value) for value in frame["EstimatedSalary"]],
    )
    write_csv(folder / "raw_churn_customers.csv", {name: text[name].tolist() for name in COLUMNS})


def _money(value: float) -> str:
    """Return an amount as Kaggle writes it: at most two decimals, no zeros at the end."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _truth(frame: pd.DataFrame) -> dict[str, Any]:
    return {
        "rows": len(frame),
        "duration": "Tenure, whole years 0 to 10; 0 is the first half year, to be fitted as 0.5",
        "event": "Exited",
        "ties": "Efron",
        "log_hazard_ratios": [
            {"name": name, "condition": condition, "log_hazard_ratio": value}
            for name, (condition, value) in LOG_HAZARD_RATIOS.items()
        ],
        "no_effect": [
            "CreditScore",
            "EstimatedSalary",
            "HasCrCard",
            "Satisfaction Score",
            "Card Type",
            "Point Earned",
            "Geography == 'Spain'",
        ],
        "quarters_a_year": QUARTERS,
        "quarterly_baseline_by_year": list(QUARTERLY_BASELINES),
        "censored_share_of_stayers_by_year": [round(float(share), 6) for share in _censoring()],
        "complain_differs_from_exited": int((frame["Complain"] != frame["Exited"]).sum()),
    }
