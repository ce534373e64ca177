import pandas as pd

from bank_marketing.campaigns import fairness


def model(dbt, session):
    dbt.config(materialized="table")
    columns = ["customer_id", "gender", "age_years", "has_converted", "may_be_contacted"]
    customers = dbt.ref("campaign_responses").df()[columns]
    tables = [
        fairness.conversion_fairness(
            dbt.ref("conversion_scores").df(), customers.drop(columns="may_be_contacted")
        ),
        fairness.target_list_fairness(customers, dbt.ref("campaign_target_list").df()),
    ]
    return pd.concat(tables, ignore_index=True).fillna({"list_name": "none"})
