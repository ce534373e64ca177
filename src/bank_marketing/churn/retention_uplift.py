"""Uplift of the retention actions: what came of the call lists, against the customers who were left alone."""

import pandas as pd

from bank_marketing.methods import list_uplift
from bank_marketing.methods.list_uplift import COLUMNS, ListTerms

__all__ = ["COLUMNS", "TERMS", "measure_uplift"]

TERMS = ListTerms(
    key="customer_id",
    traits=("age_years", "tenure_years", "balance", "products", "churn_probability"),
    levels=("country", "is_active"),
    groupings=("country", "is_active", "risk"),
    lasting=("age_years", "country"),
    score="churn_probability",
    history="retention_call_history",
    stated_by="retention_is_randomised",
)


def measure_uplift(outcomes: pd.DataFrame, *, is_stated_random: bool, seed: int) -> pd.DataFrame:
    """Measure what the calls changed.

    Parameters
    ----------
    outcomes : DataFrame
        Rows of `features_retention_uplift`; may be empty.
    is_stated_random : bool
        Whether the bank says that it drew the treated at random itself.
    seed : int
        Draws the resamples.

    Returns
    -------
    DataFrame
        As `methods.list_uplift.measure_uplift` returns it.
    """
    return list_uplift.measure_uplift(outcomes, TERMS, is_stated_random=is_stated_random, seed=seed)
