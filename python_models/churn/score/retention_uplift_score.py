from bank_marketing.churn.retention_uplift import measure_uplift


def model(dbt, session):
    dbt.config(materialized="table")
    # One row per customer of the campaign: a Qini curve ranks them all.
    outcomes = dbt.ref("features_retention_uplift").df()
    is_stated_random = str(dbt.config.meta_get("is_stated_random")).lower() == "true"
    return measure_uplift(outcomes, is_stated_random=is_stated_random, seed=1)
