from datetime import date

from bank_marketing.campaigns.plan_limits import stated_limits
from bank_marketing.campaigns.targets import choose_targets, stated_holdout
from bank_marketing.campaigns.weeks_ahead import budget_rows


def model(dbt, session):
    dbt.config(materialized="table")
    candidates = dbt.ref("int_campaign_candidates").df()
    offers = candidates[candidates["may_be_listed"]]
    limits = stated_limits(
        budget=dbt.config.meta_get("budget"),
        contacts=dbt.config.meta_get("contacts"),
        channels=dbt.config.meta_get("channel_limits"),
        types=dbt.config.meta_get("type_limits"),
    )
    holdout = stated_holdout(
        effect_to_see=dbt.config.meta_get("effect_to_see"),
        weeks_to_see=dbt.config.meta_get("weeks_to_see"),
        share_limit=dbt.config.meta_get("holdout_share_limit"),
        outcome_days=dbt.config.meta_get("outcome_days"),
    )
    return budget_rows(
        offers,
        candidates[~candidates["may_be_listed"]],
        choose_targets(offers, limits=limits, holdout=holdout, publication=1),
        limits=limits,
        pause_days=int(dbt.config.meta_get("pause_days")),
        contacts=int(dbt.config.meta_get("contacts_a_customer")),
        as_of=date.fromisoformat(dbt.config.meta_get("as_of")),
    )
