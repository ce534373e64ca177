from bank_marketing import fitting
from bank_marketing.campaigns import plan_limits, profit_scores, targets, whole_plan
from bank_marketing.operations.publications import next_publication
from bank_marketing.variables import stated_day, stated_mapping


def model(dbt, session):
    dbt.config(materialized="table")
    _, artefact = fitting.latest_artefact(dbt.ref("campaign_profit_fit"))
    return whole_plan.plan_campaigns(
        # One row per customer and action: a choice within limits needs them all at once.
        dbt.ref("int_campaign_decisions").filter("is_known and may_be_contacted and is_eligible").df(),
        dbt.ref("features_conversion_before_contact").df(),
        dbt.ref("stg_campaigns__actions").df(),
        artefact,
        levels=profit_scores.stated_spend_levels(dbt.config.meta_get("spend_levels")),
        limits=plan_limits.stated_limits(**stated_mapping(dbt.config.meta_get("limits"))),
        holdout=targets.stated_holdout(**stated_mapping(dbt.config.meta_get("holdout"))),
        publication=next_publication(dbt.source("operations_private", "publication_log")),
        not_to_say=dbt.config.meta_get("not_to_say"),
        pause_days=int(dbt.config.meta_get("pause_days")),
        contacts=int(dbt.config.meta_get("contacts_a_customer")),
        as_of=stated_day(dbt.config.meta_get("as_of")),
    )
