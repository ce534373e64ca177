from bank_marketing.churn.cohorts import cohort_curves


def model(dbt, session):
    dbt.config(materialized="table")
    return cohort_curves(dbt.ref("features_retention").df())
