from functools import partial

from bank_marketing import fitting
from bank_marketing.campaigns import profit_scores
from bank_marketing.campaigns.plan_limits import stated_limits
from bank_marketing.campaigns.target_reasons import with_reasons
from bank_marketing.campaigns.targets import choose_targets, stated_holdout


def model(dbt, session):
    dbt.config(materialized="table")
    published = dbt.source("operations_private", "publication_log").aggregate("max(version)").fetchall()
    targets = choose_targets(
        # One row per customer and action: a choice within limits needs them all at once.
        dbt.ref("int_campaign_offers").df(),
        # dbt hands over what it finds named here.
        limits=stated_limits(
            budget=dbt.config.meta_get("budget"),
            contacts=dbt.config.meta_get("contacts"),
            channels=dbt.config.meta_get("channel_limits"),
            types=dbt.config.meta_get("type_limits"),
        ),
        holdout=stated_holdout(
            effect_to_see=dbt.config.meta_get("effect_to_see"),
            weeks_to_see=dbt.config.meta_get("weeks_to_see"),
            share_limit=dbt.config.meta_get("holdout_share_limit"),
            outcome_days=dbt.config.meta_get("outcome_days"),
        ),
        publication=(published[0][0] or 0) + 1,
    )
    _, artefact = fitting.latest_artefact(dbt.ref("campaign_profit_fit"))
    levels = profit_scores.stated_spend_levels(dbt.config.meta_get("spend_levels"))
    return with_reasons(
        targets.chosen,
        dbt.ref("features_campaign_profit").df(),
        partial(profit_scores.chances, artefact=artefact, levels=levels),
        not_to_say=dbt.config.meta_get("not_to_say"),
    )
