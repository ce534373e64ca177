"""What moved a churn customer's risk most, in words."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from bank_marketing.churn.retention import KEY
from bank_marketing.churn.retention_terms import TRAITS, retention_numbers
from bank_marketing.methods.cross_fitting import scoring_models
from bank_marketing.methods.drivers import contributions, drivers_in_words
from bank_marketing.methods.propensity import additive_scores

WORDS = {
    "country": lambda value: f"country {value}",
    "gender": lambda value: f"gender {value}",
    "age_years": lambda value: f"age {value:.0f} years",
    "products": lambda value: f"{value:.0f} product{'' if value == 1 else 's'}",
    "balance": lambda value: f"balance {value:.0f}",
    "is_active": lambda value: "active" if value else "not active",
}


def drivers(features: pd.DataFrame, artefact: Mapping[str, Any]) -> pd.DataFrame:
    """Say what moved each customer's log-odds of having left most, against the typical customer of the fit.

    The log-odds are those before calibration: the churn probability never falls where they rise.

    Parameters
    ----------
    features : DataFrame
        Rows of `features_retention`.
    artefact : mapping of str to any
        What `retention.fit` left for scoring; empty if there was too little data.

    Returns
    -------
    DataFrame
        driver_1 to driver_3, one row per customer in the same order; all null where `retention.score` gives
        no score.
    """
    traits = features[TRAITS].reset_index(drop=True)
    shares = np.zeros(traits.shape)
    if not artefact:
        return drivers_in_words(traits, shares, WORDS)
    models = scoring_models(
        features[KEY],
        seen_keys=artefact["customer_ids"],
        folds=artefact["folds"],
        fold_models=artefact["fold_models"],
        final_model=artefact["final_model"],
    )
    has_traits = traits.notna().all(axis=1).to_numpy()
    for model, of_model, _ in models:
        rows = of_model & has_traits

        def log_odds(changed: pd.DataFrame, model: Mapping[str, Any] = model) -> np.ndarray:
            return additive_scores(model, retention_numbers(changed, artefact["countries"]))

        shares[rows] = contributions(log_odds, traits[rows], artefact["population"]["typical"])
    return drivers_in_words(traits, shares, WORDS)
