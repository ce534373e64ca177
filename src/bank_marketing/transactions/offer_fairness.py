"""Fairness of the offers: who is eligible, whose first offer a product is, and who is on the list."""

import numpy as np
import pandas as pd

from bank_marketing.methods.bands import named_bands
from bank_marketing.methods.fairness import COLUMNS, fairness_by_group, list_fairness
from bank_marketing.transactions.preferences import AGE_BANDS


def offer_fairness(offers: pd.DataFrame, listed: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Compare genders and age bands in what clients are eligible for and in what they are offered.

    Rules of selection: `eligible_<product>`; `first_<product>`, the best offer of those the client is
    eligible for; `on_list`.

    Parameters
    ----------
    offers : pandas.DataFrame
        Rows of `next_best_offers`.
    listed : pandas.DataFrame
        client_id of `next_best_offer_list`.
    customers : pandas.DataFrame
        client_id, gender and age_years.

    Returns
    -------
    pandas.DataFrame
        model_version and the columns of `fairness_by_group`, with selection rates alone: nobody knows yet
        who takes a product. No row without offers.
    """
    if offers.empty:
        return pd.DataFrame(columns=["model_version", *COLUMNS])
    eligible = offers.pivot(index="client_id", columns="product", values="is_eligible").astype(bool)
    ranks = offers.pivot(index="client_id", columns="product", values="offer_rank").astype(float)
    first = ranks.where(eligible).rank(axis=1) == 1
    people = customers.set_index("client_id").loc[eligible.index]
    rules = {f"eligible_{product}": eligible[product] for product in eligible}
    rules |= {f"first_{product}": first[product] for product in first}
    rules["on_list"] = pd.Series(np.isin(eligible.index, listed["client_id"]), index=eligible.index)
    table = fairness_by_group(
        None,
        None,
        traits={"gender": people["gender"], "age_band": named_bands(people["age_years"], AGE_BANDS)},
        selections=rules,
    )
    return table.assign(model_version=offers["model_version"].max())


def offer_list_fairness(offers: pd.DataFrame, listed: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Compare how often genders and age bands are on the list of offers, of all who may be contacted.

    Parameters
    ----------
    offers : pandas.DataFrame
        Rows of `next_best_offers`.
    listed : pandas.DataFrame
        client_id and product of `next_best_offer_list`.
    customers : pandas.DataFrame
        client_id, gender and age_years.

    Returns
    -------
    pandas.DataFrame
        model_version and the columns of `list_fairness`; no row without offers.
    """
    open_to = offers.loc[offers["may_be_contacted"].astype(bool), "client_id"].unique()
    people = (
        customers[customers["client_id"].isin(open_to)]
        .drop_duplicates("client_id")
        .merge(listed, on="client_id", how="left", validate="one_to_one")
    )
    if people.empty:
        return pd.DataFrame(columns=["model_version", "list_name", *COLUMNS])
    return list_fairness(
        people["product"],
        traits={"gender": people["gender"], "age_band": named_bands(people["age_years"], AGE_BANDS)},
        list_name="next_best_offer_list",
    ).assign(model_version=offers["model_version"].max())
