{{
    list_draws(
        source("campaigns_private", "campaign_target_log"), "customer_id",
        "campaign_type, campaign_channel, spend_level", "campaign_outcome_days", target_rules(),
    )
}}
