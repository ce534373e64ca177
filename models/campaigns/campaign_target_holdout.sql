{{
    list_holdout(
        ref("int_campaign_choice"), ref("int_campaign_draws"), "customer_id",
        "campaign_type, campaign_channel, spend_level", "campaign_outcome_days",
        ["smallest_effect_seen", "holdout_share"],
        "The list is empty; budget_plan says why.",
    )
}}
