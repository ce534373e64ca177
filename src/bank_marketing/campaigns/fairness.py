"""Fairness of the conversion scores and of the target list between genders and between age bands."""

import pandas as pd

from bank_marketing.methods.bands import named_bands
from bank_marketing.methods.fairness import COLUMNS, UNKNOWN, fairness_by_group, list_fairness

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


def target_list_fairness(customers: pd.DataFrame, listed: pd.DataFrame) -> pd.DataFrame:
    """Compare how often genders and age bands are on the target list, of all who may be contacted.

    Parameters
    ----------
    customers : pandas.DataFrame
        customer_id, gender, age_years and may_be_contacted of each customer.
    listed : pandas.DataFrame
        Rows of `campaign_target_list`; an action is type and channel.

    Returns
    -------
    pandas.DataFrame
        domain, model_name and model_version, and the columns of `list_fairness`; no row without customers.
    """
    named = pd.DataFrame(
        {
            "customer_id": listed["customer_id"],
            "action": listed["campaign_type"] + ", " + listed["campaign_channel"],
        }
    )
    people = customers[customers["may_be_contacted"].astype(bool)].merge(
        named.drop_duplicates("customer_id"), on="customer_id", how="left", validate="one_to_one"
    )
    if people.empty:
        return pd.DataFrame(columns=["domain", "model_name", "model_version", "list_name", *COLUMNS])
    return list_fairness(
        people["action"],
        traits={"gender": people["gender"], "age_band": age_bands(people["age_years"])},
        list_name="campaign_target_list",
    ).assign(domain="campaigns", model_name="campaign_profit", model_version=listed["model_version"].max())


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
