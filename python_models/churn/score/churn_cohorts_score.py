from bank_marketing.churn.cohorts import survival_by_cohort


def model(dbt, session):
    dbt.config(materialized="table")
    return survival_by_cohort(dbt.ref("features_retention").df())[0]
