from bank_marketing.churn.cohorts import compare_cohorts


def model(dbt, session):
    dbt.config(materialized="table")
    return compare_cohorts(dbt.ref("features_retention").df())
