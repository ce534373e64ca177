from bank_marketing.churn import fairness


def model(dbt, session):
    dbt.config(materialized="table")
    return fairness.churn_fairness(dbt.ref("churn_scores").df(), dbt.ref("features_retention").df())
