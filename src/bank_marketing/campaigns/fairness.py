"""Fairness of the conversion scores between genders and between age bands."""

import pandas as pd

from bank_marketing.methods.bands import named_bands
from bank_marketing.methods.fairness import COLUMNS, UNKNOWN, fairness_by_group

AGE_BANDS = {0: "under 30", 30: "30 to 39", 40: "40 to 49", 50: "50 to 59", 60: "60 or more"}


def conversion_fairness(scores: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Compare genders and age bands in the scores of customers whose outcome the model hadn't seen.

    Two rules of selection: top_decile, and above_average (a probability above the share of customers who
    converted).

    Parameters
    ----------
    scores : pandas.DataFrame
        Rows of `conversion_scores`; only those that are out of fold count.
    customers : pandas.DataFrame
        customer_id, gender, age_years and has_converted of each customer.

    Returns
    -------
    pandas.DataFrame
        domain, model_name and model_version, and the columns of `fairness_by_group`; no row without scores.
    """
    is_seen = scores["is_out_of_fold"].astype("boolean").fillna(False)
    known = scores[is_seen].merge(customers, on="customer_id", validate="many_to_one")
    tables = [
        fairness_by_group(
            part["has_converted"].astype(int),
            part["conversion_probability"],
            traits={"gender": part["gender"], "age_band": age_bands(part["age_years"])},
            selections={
                "top_decile": part["decile"] == 1,
                "above_average": part["conversion_probability"] > part["has_converted"].mean(),
            },
        ).assign(domain="campaigns", model_name=f"conversion_{moment}", model_version=version)
        for (moment, version), part in known.groupby(["moment", "model_version"])
    ]
    if not tables:
        return pd.DataFrame(columns=["domain", "model_name", "model_version", *COLUMNS])
    return pd.concat(tables, ignore_index=True)


def age_bands(age_years: pd.Series) -> pd.Series:
    """Return the age band of each customer.

    Parameters
    ----------
    age_years : pandas.Series of shape (rows,)
        Age in years.

    Returns
    -------
    pandas.Series of shape (rows,)
        One of `AGE_BANDS`, or 'unknown'.
    """
    return named_bands(age_years, AGE_BANDS).astype(object).fillna(UNKNOWN)
