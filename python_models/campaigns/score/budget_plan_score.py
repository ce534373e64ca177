from bank_marketing.campaigns.plan_limits import stated_limits
from bank_marketing.campaigns.targets import choose_targets, stated_holdout
from bank_marketing.campaigns.weeks_ahead import budget_rows
from bank_marketing.operations.publications import next_publication
from bank_marketing.variables import stated_day, stated_mapping


def model(dbt, session):
    dbt.config(materialized="table")
    log = dbt.source("operations_private", "publication_log")
    candidates = dbt.ref("int_campaign_candidates").df()
    offers = candidates[candidates["may_be_listed"]]
    limits = stated_limits(**stated_mapping(dbt.config.meta_get("limits")))
    holdout = stated_holdout(**stated_mapping(dbt.config.meta_get("holdout")))
    return budget_rows(
        offers,
        candidates[~candidates["may_be_listed"]],
        choose_targets(offers, limits=limits, holdout=holdout, publication=next_publication(log)),
        limits=limits,
        pause_days=int(dbt.config.meta_get("pause_days")),
        contacts=int(dbt.config.meta_get("contacts_a_customer")),
        as_of=stated_day(dbt.config.meta_get("as_of")),
    )
