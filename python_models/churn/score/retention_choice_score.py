import pandas as pd

from bank_marketing.churn.retention_actions import choose_calls, stated_plan
from bank_marketing.churn.retention_stability import call_list_stability
from bank_marketing.operations.publications import next_publication
from bank_marketing.variables import stated_limit


def model(dbt, session):
    dbt.config(materialized="table")
    log = dbt.source("operations_private", "publication_log")
    calls = stated_limit(dbt.config.meta_get("calls_a_week"), "retention_calls_a_week")
    limits = {
        "budget": stated_limit(dbt.config.meta_get("budget"), "retention_budget"),
        "calls": None if calls is None else int(calls),
    }
    # dbt hands over what it finds named here.
    plan = stated_plan(
        effect_to_see=dbt.config.meta_get("effect_to_see"),
        weeks_to_see=dbt.config.meta_get("weeks_to_see"),
        share_limit=dbt.config.meta_get("holdout_share_limit"),
        outcome_days=dbt.config.meta_get("outcome_days"),
        horizon_years=dbt.config.meta_get("horizon_years"),
    )
    # One row per customer and action: a choice within limits needs them all at once.
    offers = dbt.ref("int_retention_offers").df()
    chosen = choose_calls(offers, plan=plan, publication=next_publication(log), **limits)
    drawn = dbt.ref("retention_score").filter("resampled_exit_probabilities is not null").df()
    by_model = pd.DataFrame(drawn["resampled_exit_probabilities"].tolist(), index=drawn["customer_id"])
    return chosen.assign(**call_list_stability(offers, chosen, by_model, **limits))
