from functools import partial

from bank_marketing import fitting
from bank_marketing.campaigns import profit_scores, target_reasons, targets
from bank_marketing.campaigns.plan_limits import stated_limits
from bank_marketing.operations.publications import next_publication
from bank_marketing.variables import stated_mapping


def model(dbt, session):
    dbt.config(materialized="table")
    chosen = targets.choose_targets(
        # One row per customer and action: a choice within limits needs them all at once.
        dbt.ref("int_campaign_offers").df(),
        limits=stated_limits(**stated_mapping(dbt.config.meta_get("limits"))),
        holdout=targets.stated_holdout(**stated_mapping(dbt.config.meta_get("holdout"))),
        publication=next_publication(dbt.source("operations_private", "publication_log")),
    ).chosen
    _, artefact = fitting.latest_artefact(dbt.ref("campaign_profit_fit"))
    levels = profit_scores.stated_spend_levels(dbt.config.meta_get("spend_levels"))
    return target_reasons.with_reasons(
        chosen,
        dbt.ref("features_campaign_profit").df(),
        partial(profit_scores.chances, artefact=artefact, levels=levels),
        not_to_say=dbt.config.meta_get("not_to_say"),
    )
