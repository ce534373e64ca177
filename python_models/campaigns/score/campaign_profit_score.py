from bank_marketing import fitting
from bank_marketing.campaigns import profit_money, profit_scores


def model(dbt, session):
    dbt.config(materialized="table")
    version, artefact = fitting.latest_artefact(dbt.ref("campaign_profit_fit"))
    levels = profit_scores.stated_spend_levels(dbt.config.meta_get("spend_levels"))
    chances = profit_scores.chances(dbt.ref("features_conversion_before_contact").df(), artefact, levels)
    profits = profit_money.expected_profits(
        chances,
        dbt.ref("stg_campaigns__actions").df(),
        spend_is_sunk=bool(dbt.config.meta_get("spend_is_sunk")),
        assumptions=dbt.config.meta_get("assumptions"),
    )
    profits["model_version"] = version
    return profits
