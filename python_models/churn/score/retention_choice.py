from bank_marketing.churn.retention_actions import choose_offers


def model(dbt, session):
    dbt.config(materialized="table")
    # One row per customer above the alert threshold and action: a choice needs them all at once.
    offers = dbt.ref("int_retention_offers").df()
    budget, calls = dbt.config.meta_get("budget"), dbt.config.meta_get("calls_a_week")
    return choose_offers(
        offers,
        budget=None if budget in (None, "") else float(budget),
        calls=None if calls in (None, "") else int(calls),
    )
