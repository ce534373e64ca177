from bank_marketing.transactions.offer_uplift import measure_uplift


def model(dbt, session):
    dbt.config(materialized="table")
    # One row per client of the lists: a Qini curve ranks them all.
    outcomes = dbt.ref("features_offer_uplift").df()
    is_stated_random = str(dbt.config.meta_get("is_stated_random")).lower() == "true"
    return measure_uplift(outcomes, is_stated_random=is_stated_random, seed=1)
