from bank_marketing.churn.retention_actions import choose_offers, stated_limit


def model(dbt, session):
    dbt.config(materialized="table")
    best = dbt.ref("churn_alert_thresholds").filter("is_best").project("threshold").fetchall()
    calls = stated_limit(dbt.config.meta_get("calls_a_week"), "retention_calls_a_week")
    return choose_offers(
        # One row per customer and action: a choice within limits needs them all at once.
        dbt.ref("int_retention_offers").df(),
        threshold=best[0][0] if best else None,
        budget=stated_limit(dbt.config.meta_get("budget"), "retention_budget"),
        calls=None if calls is None else int(calls),
    )
