"""Fairness of the churn scores between genders, age bands and countries."""

import pandas as pd

from bank_marketing.churn.cohorts import cohort_values
from bank_marketing.methods.fairness import COLUMNS, fairness_by_group


def churn_fairness(scores: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Compare genders, age bands and countries in the scores of customers whose outcome no model had seen.

    Two rules of selection: top_decile, and above_average (a probability above the share of customers who
    have left).

    Parameters
    ----------
    scores : pandas.DataFrame
        Rows of `churn_scores`; only those that are out of fold count.
    customers : pandas.DataFrame
        Rows of `features_retention`.

    Returns
    -------
    pandas.DataFrame
        domain, model_name and model_version, and the columns of `fairness_by_group`; no row without scores.
    """
    is_seen = scores["is_out_of_fold"].astype("boolean").fillna(False)
    known = scores.loc[is_seen, ["customer_id", "churn_probability", "decile", "model_version"]].merge(
        customers, on="customer_id", validate="one_to_one"
    )
    cohorts = cohort_values(known)
    tables = [
        fairness_by_group(
            part["has_exited"].astype(int),
            part["churn_probability"],
            traits={
                "gender": part["gender"],
                "age_band": cohorts["age_band"].loc[part.index],
                "country": part["country"],
            },
            selections={
                "top_decile": part["decile"] == 1,
                "above_average": part["churn_probability"] > part["has_exited"].astype(float).mean(),
            },
        ).assign(domain="churn", model_name="retention", model_version=version)
        for version, part in known.groupby("model_version")
    ]
    if not tables:
        return pd.DataFrame(columns=["domain", "model_name", "model_version", *COLUMNS])
    return pd.concat(tables, ignore_index=True)
