from functools import partial

from bank_marketing import fitting
from bank_marketing.campaigns import profit_scores, target_reasons, target_stability, targets
from bank_marketing.campaigns.plan_limits import stated_limits
from bank_marketing.operations.publications import next_publication
from bank_marketing.variables import stated_mapping


def model(dbt, session):
    dbt.config(materialized="table")
    # One row per customer and action: a choice within limits needs them all at once.
    offers = dbt.ref("int_campaign_offers").df()
    features, actions = dbt.ref("features_campaign_profit").df(), dbt.ref("stg_campaigns__actions").df()
    limits = stated_limits(**stated_mapping(dbt.config.meta_get("limits")))
    holdout = targets.stated_holdout(**stated_mapping(dbt.config.meta_get("holdout")))
    publication = next_publication(dbt.source("operations_private", "publication_log"))
    choice = targets.choose_targets(offers, limits=limits, holdout=holdout, publication=publication)
    _, artefact = fitting.latest_artefact(dbt.ref("campaign_profit_fit"))
    levels = profit_scores.stated_spend_levels(dbt.config.meta_get("spend_levels"))
    resampled = profit_scores.resampled_chances(offers, features, artefact, levels)
    stability = target_stability.target_list_stability(offers, choice, actions, resampled, limits=limits)
    return target_reasons.with_reasons(
        choice.chosen,
        features,
        partial(profit_scores.chances, artefact=artefact, levels=levels),
        not_to_say=dbt.config.meta_get("not_to_say"),
    ).assign(**stability)
