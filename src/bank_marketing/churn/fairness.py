"""Fairness of the churn scores and of the call list between genders, age bands and countries."""

import pandas as pd

from bank_marketing.churn.cohorts import cohort_values
from bank_marketing.methods.fairness import COLUMNS, fairness_by_group, list_fairness


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


def call_list_fairness(scores: pd.DataFrame, listed: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Compare how often genders, age bands and countries are on the call list, of all who could be.

    Parameters
    ----------
    scores : pandas.DataFrame
        Rows of `churn_scores`.
    listed : pandas.DataFrame
        customer_id and recommended_action of `retention_call_list`.
    customers : pandas.DataFrame
        Rows of `features_retention`.

    Returns
    -------
    pandas.DataFrame
        domain, model_name and model_version, and the columns of `list_fairness`, about customers who have a
        score, haven't left and may be contacted; no row without any.
    """
    open_to = scores.loc[
        scores["exit_probability"].notna() & scores["may_be_contacted"].astype(bool),
        ["customer_id", "model_version"],
    ]
    people = open_to.merge(customers, on="customer_id", validate="one_to_one").merge(
        listed, on="customer_id", how="left", validate="one_to_one"
    )
    if people.empty:
        return pd.DataFrame(columns=["domain", "model_name", "model_version", "list_name", *COLUMNS])
    return list_fairness(
        people["recommended_action"],
        traits={
            "gender": people["gender"],
            "age_band": cohort_values(people)["age_band"],
            "country": people["country"],
        },
        list_name="retention_call_list",
    ).assign(domain="churn", model_name="retention", model_version=people["model_version"].max())
