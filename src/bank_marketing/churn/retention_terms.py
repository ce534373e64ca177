"""What the retention models see of a customer: terms for regressions, numbers for trees, durations."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

# A zero duration means "less than a year"; survival models need a time above 0.
ZERO_TENURE_YEARS = 0.5
NUMERIC = ("age_years", "products", "balance")
CATEGORICAL = ("country", "gender", "is_active")
# Without one of them nobody is scored.
TRAITS = [*NUMERIC, *CATEGORICAL]
AGE_BANDS = ((35, 39), (40, 44), (45, 49), (50, 64), (65, 69), (70, 120))


def known_countries(features: pd.DataFrame) -> list[str]:
    """Return the countries of customers, the largest first, of equal ones by name.

    Parameters
    ----------
    features : DataFrame of shape (n, ...)
        Column country.

    Returns
    -------
    list of str
        Each country once.
    """
    counts = features["country"].value_counts().sort_index()
    return [str(country) for country in counts.sort_values(ascending=False, kind="stable").index]


def retention_terms(features: pd.DataFrame, countries: list[str]) -> pd.DataFrame:
    """Return the terms of the Cox model: each 0 or 1, its coefficient a log hazard ratio.

    Everybody is compared with an active man under 35 from the first country, with one product and a balance.

    Parameters
    ----------
    features : DataFrame of shape (n, ...)
        Columns `TRAITS`, none missing.
    countries : list of str
        Countries known at the fit, the largest first; other countries count as the first one.

    Returns
    -------
    DataFrame of shape (n, n_terms)
        The terms, the same index.
    """
    age, products = features["age_years"], features["products"]
    is_inactive, has_no_balance = ~features["is_active"].astype(bool), features["balance"] == 0
    terms = {"is_female": features["gender"] == "Female"}
    for country in countries[1:]:
        terms[f"country_{country.lower()}"] = features["country"] == country
    for youngest, oldest in AGE_BANDS:
        terms[f"age_{youngest}_to_{oldest}"] = age.between(youngest, oldest)
    terms |= {
        "is_inactive": is_inactive,
        "is_inactive_aged_50_to_69": is_inactive & age.between(50, 69),
        "products_2": products == 2,
        "products_3": products == 3,
        "products_4_or_more": products >= 4,
        "products_2_aged_45_or_more": (products == 2) & (age >= 45),
        "has_no_balance": has_no_balance,
        "has_no_balance_and_products_2": has_no_balance & (products == 2),
    }
    for country in countries[1:]:
        terms[f"country_{country.lower()}_and_products_2"] = terms[f"country_{country.lower()}"] & (
            products == 2
        )
    return pd.DataFrame(terms, index=features.index).astype(float)


def main_effects(term: str) -> list[str]:
    """Return the terms on top of which a term of two traits comes.

    Parameters
    ----------
    term : str
        A name of `retention_terms`.

    Returns
    -------
    list of str
        Empty for a term of one trait.
    """
    trait, of_ages, ages = term.partition("_aged_")
    if of_ages:
        youngest, *oldest = map(int, re.findall(r"\d+", ages))
        bands = [
            band for band in AGE_BANDS if youngest <= band[0] and band[1] <= max(oldest, default=band[1])
        ]
        return [trait, *(f"age_{first}_to_{last}" for first, last in bands)]
    first, of_both, second = term.partition("_and_")
    return [first, second] if of_both else []


def durations_in_years(features: pd.DataFrame, *, zero_years: float = ZERO_TENURE_YEARS) -> np.ndarray:
    """Return tenure as durations above 0: a tenure of zero whole years counts as half a year.

    Parameters
    ----------
    features : DataFrame of shape (n, ...)
        Column tenure_years.
    zero_years : float
        What a tenure of zero counts as, in years.

    Returns
    -------
    ndarray of shape (n,)
        Durations in years.
    """
    tenure = features["tenure_years"].to_numpy(dtype=float, na_value=np.nan)
    return np.where(tenure == 0, zero_years, tenure)


def retention_numbers(features: pd.DataFrame, countries: list[str]) -> pd.DataFrame:
    """Return the traits as numbers, for trees that find their own cuts.

    Parameters
    ----------
    features : DataFrame of shape (n, ...)
        Columns `TRAITS`, none missing.
    countries : list of str
        Countries known at the fit, the largest first; other countries count as the first one.

    Returns
    -------
    DataFrame of shape (n, n_numbers)
        Floats, the same index.
    """
    numbers = {name: features[name] for name in NUMERIC}
    numbers |= {"is_female": features["gender"] == "Female", "is_active": features["is_active"].astype(bool)}
    numbers |= {f"country_{country.lower()}": features["country"] == country for country in countries[1:]}
    return pd.DataFrame(numbers, index=features.index).astype(float)


def without_columns(numbers: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Take away the numbers that are made of some traits.

    Parameters
    ----------
    numbers : DataFrame of shape (n, n_numbers)
        What `retention_numbers` returns.
    names : sequence of str
        Names of traits, of `TRAITS`.

    Returns
    -------
    DataFrame
        The others.
    """
    prefixes = tuple({"gender": "is_female", "country": "country_"}.get(name, name) for name in names)
    return numbers[[column for column in numbers if not column.startswith(prefixes)]]
