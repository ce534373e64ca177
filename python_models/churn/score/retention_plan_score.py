from bank_marketing.churn.retention_weeks import weeks_ahead
from bank_marketing.variables import stated_day, stated_limit


def model(dbt, session):
    dbt.config(materialized="table")
    calls = stated_limit(dbt.config.meta_get("calls_a_week"), "retention_calls_a_week")
    return weeks_ahead(
        dbt.ref("int_retention_offers").df(),
        dbt.ref("retention_choice_score").df(),
        budget=stated_limit(dbt.config.meta_get("budget"), "retention_budget"),
        calls=None if calls is None else int(calls),
        pause_days=int(dbt.config.meta_get("pause_days")),
        as_of=stated_day(dbt.config.meta_get("as_of")),
    )
