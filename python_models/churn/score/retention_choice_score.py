from bank_marketing.churn.retention_actions import choose_offers


def model(dbt, session):
    dbt.config(materialized="table")
    best = dbt.ref("churn_alert_thresholds").filter("is_best").project("threshold").fetchall()
    budget, calls = dbt.config.meta_get("budget"), dbt.config.meta_get("calls_a_week")
    return choose_offers(
        # One row per customer and action: a choice within limits needs them all at once.
        dbt.ref("int_retention_offers").df(),
        threshold=best[0][0] if best else None,
        budget=float(budget) if budget else None,
        calls=int(calls) if calls else None,
    )
