"""Cohorts of churn customers: whether the groups of a trait differ, and their Kaplan-Meier curves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

# Before lifelines: both import narwhals, and where two threads of dbt begin with one each, they deadlock.
import sklearn  # noqa: F401
from lifelines import KaplanMeierFitter
from lifelines.statistics import multivariate_logrank_test

from bank_marketing.churn.retention_survival import km_interval
from bank_marketing.churn.retention_terms import durations_in_years
from bank_marketing.methods.bands import named_bands

YEARS = tuple(range(11))
# With fewer customers a curve says little.
LEAST_CUSTOMERS = 30
AGE_BANDS = {0: "under 35", 35: "35 to 44", 45: "45 to 54", 55: "55 to 64", 65: "65 or older"}
EVERYBODY = ("all", "all")

COHORT_COLUMNS = {
    "group_name": "string",
    "group_value": "string",
    "customers": "Int64",
    "exits": "Int64",
    "survival_10_years": "float64",
    "survival_10_years_low": "float64",
    "survival_10_years_high": "float64",
    "logrank_statistic": "float64",
    "p_value": "float64",
    "p_value_corrected": "float64",
    "is_distinguishable": "boolean",
}
CURVE_COLUMNS = {
    "group_name": "string",
    "group_value": "string",
    "year": "Int64",
    "at_risk": "Int64",
    "survival": "float64",
    "survival_low": "float64",
    "survival_high": "float64",
}


def cohort_values(features: pd.DataFrame) -> dict[str, pd.Series]:
    """Return which cohort each customer is in, by trait.

    Parameters
    ----------
    features : DataFrame of shape (n, ...)
        Rows of `features_retention`.

    Returns
    -------
    dict of str to Series of shape (n,)
        country, products, activity and age_band; null where the trait is missing.
    """
    products = features["products"].astype(float)
    return {
        "country": features["country"].astype("string"),
        "products": products.map(
            lambda count: pd.NA if np.isnan(count) else "4 or more" if count >= 4 else f"{count:.0f}"
        ).astype("string"),
        "activity": features["is_active"]
        .map({True: "active", False: "not active"}, na_action="ignore")
        .astype("string"),
        "age_band": named_bands(features["age_years"], AGE_BANDS),
    }


def compare_cohorts(features: pd.DataFrame) -> pd.DataFrame:
    """Count each cohort, tell how many of it stay ten years, and test by trait whether its cohorts differ.

    Parameters
    ----------
    features : DataFrame of shape (n, ...)
        Rows of `features_retention`; those without tenure or outcome are left out.

    Returns
    -------
    DataFrame
        Columns `COHORT_COLUMNS`: one row per cohort, and one for all customers. The log-rank test is that of
        its trait, over all its cohorts; corrected by Bonferroni over the traits. Null where fewer than two
        cohorts can be compared.

    References
    ----------
    Mantel, N. (1966). Evaluation of survival data and two new rank order statistics arising in its
    consideration. Cancer Chemotherapy Reports 50, 163-170.
    """
    tests = {trait: _logrank(*of_trait) for trait, *of_trait in _traits(features)}
    rows = []
    for cohort in _cohorts(features):
        curve = cohort.curve()
        statistic, p_value = tests[cohort.trait]
        rows.append(
            (
                cohort.trait,
                cohort.value,
                len(cohort.events),
                int(cohort.events.sum()),
                *((np.nan, np.nan, np.nan) if curve is None else _at(curve, YEARS[-1])),
                statistic,
                p_value,
                min(p_value * (len(tests) - 1), 1.0),
            )
        )
    table = pd.DataFrame(rows, columns=[name for name in COHORT_COLUMNS if name != "is_distinguishable"])
    is_distinguishable = (table["p_value_corrected"] < 0.05).astype("boolean")
    table["is_distinguishable"] = is_distinguishable.mask(table["p_value_corrected"].isna())
    return table.astype(COHORT_COLUMNS)


def cohort_curves(features: pd.DataFrame) -> pd.DataFrame:
    """Estimate the survival curve of each cohort.

    Parameters
    ----------
    features : DataFrame of shape (n, ...)
        Rows of `features_retention`; those without tenure or outcome are left out.

    Returns
    -------
    DataFrame
        Columns `CURVE_COLUMNS`: survival after 0 to 10 years with its 95 % band (Greenwood, log-log; it holds
        at each year by itself). Cohorts of fewer than 30 customers have no curve.

    References
    ----------
    Kaplan, E. L. and Meier, P. (1958). Nonparametric estimation from incomplete observations. Journal of the
    American Statistical Association 53, 457-481.
    """
    rows = []
    for cohort in _cohorts(features):
        curve = cohort.curve()
        if curve is not None:
            rows += [
                (cohort.trait, cohort.value, year, int((cohort.durations >= year).sum()), *_at(curve, year))
                for year in YEARS
            ]
    return pd.DataFrame(rows, columns=list(CURVE_COLUMNS)).astype(CURVE_COLUMNS)


@dataclass(frozen=True)
class _Cohort:
    trait: str
    value: str
    durations: np.ndarray
    events: np.ndarray

    def curve(self) -> KaplanMeierFitter | None:
        """Fit the curve, where there are customers enough."""
        if len(self.events) < LEAST_CUSTOMERS:
            return None
        return KaplanMeierFitter().fit(self.durations, self.events)


def _traits(features: pd.DataFrame) -> Iterator[tuple[str, np.ndarray, np.ndarray, pd.Series]]:
    """Give for each trait years and exits of the customers, and in which cohort each is."""
    known = features[features[["tenure_years", "has_exited"]].notna().all(axis=1)].reset_index(drop=True)
    durations, events = durations_in_years(known), known["has_exited"].to_numpy(dtype=bool)
    yield EVERYBODY[0], durations, events, pd.Series(EVERYBODY[1], index=known.index, dtype="string")
    for trait, values in cohort_values(known).items():
        yield trait, durations, events, values


def _cohorts(features: pd.DataFrame) -> Iterator[_Cohort]:
    for trait, durations, events, values in _traits(features):
        for value in sorted(values.dropna().unique()):
            rows = (values == value).fillna(False).to_numpy(dtype=bool)
            yield _Cohort(trait, value, durations[rows], events[rows])


def _at(curve: KaplanMeierFitter, year: int) -> tuple[float, float, float]:
    return float(curve.predict(year)), *km_interval(curve, year)


def _logrank(durations: np.ndarray, events: np.ndarray, values: pd.Series) -> tuple[float, float]:
    sizes = values.value_counts()
    rows = values.isin(sizes.index[sizes >= LEAST_CUSTOMERS]).to_numpy()
    if values[rows].nunique() < 2 or not events[rows].any():
        return np.nan, np.nan
    test = multivariate_logrank_test(durations[rows], values[rows].to_numpy(dtype=object), events[rows])
    return float(test.test_statistic), float(test.p_value)
