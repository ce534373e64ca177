{{
    list_holdout(
        ref("campaign_target_choice_score"), ref("int_campaign_draws"), "customer_id",
        "campaign_type, campaign_channel, spend_level", "campaign_outcome_days",
        ["smallest_effect_seen", "holdout_share"],
        "The list is empty; budget_plan says why.",
    )
}}
