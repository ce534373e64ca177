"""Uplift of the offers: how many more took the product than of those who were held out of the list."""

import pandas as pd

from bank_marketing.methods import list_uplift
from bank_marketing.methods.list_uplift import ListTerms

TERMS = ListTerms(
    key="client_id",
    traits=("age_years", "yearly_income_usd", "credit_score", "score"),
    levels=("product",),
    groupings=("product",),
    lasting=("age_years", "product"),
    score="score",
    history="next_best_offer_history",
    stated_by="offers_are_randomised",
)


def measure_uplift(outcomes: pd.DataFrame, *, is_stated_random: bool, seed: int) -> pd.DataFrame:
    """Measure what the offers changed.

    Parameters
    ----------
    outcomes : pandas.DataFrame
        Rows of `features_offer_uplift`; may be empty.
    is_stated_random : bool
        Whether the bank says that it drew who got an offer at random itself.
    seed : int
        Draws the resamples.

    Returns
    -------
    pandas.DataFrame
        As `methods.list_uplift.measure_uplift` returns it.
    """
    return list_uplift.measure_uplift(outcomes, TERMS, is_stated_random=is_stated_random, seed=seed)
