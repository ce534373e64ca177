import pandas as pd

from bank_marketing.churn import fairness


def model(dbt, session):
    dbt.config(materialized="table")
    scores, customers = dbt.ref("churn_scores").df(), dbt.ref("features_retention").df()
    listed = dbt.ref("retention_call_list").select("customer_id, recommended_action").df()
    tables = [
        fairness.churn_fairness(scores, customers),
        fairness.call_list_fairness(scores, listed, customers),
    ]
    return pd.concat(tables, ignore_index=True).fillna({"list_name": "none"})
