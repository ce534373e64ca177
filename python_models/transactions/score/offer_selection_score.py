import pandas as pd

from bank_marketing.transactions import offer_fairness


def model(dbt, session):
    dbt.config(materialized="table")
    offers, customers = (
        dbt.ref("next_best_offers").df(),
        dbt.ref("bank_customers").select("client_id, gender, age_years").df(),
    )
    listed = dbt.ref("next_best_offer_list").select("client_id, product").df()
    tables = [
        offer_fairness.offer_fairness(offers, listed, customers),
        offer_fairness.offer_list_fairness(offers, listed, customers),
    ]
    compared = pd.concat(tables, ignore_index=True).fillna({"list_name": "none"})
    return compared.assign(domain="transactions")
