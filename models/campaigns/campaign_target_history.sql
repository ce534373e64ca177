{{
    list_history(
        source("campaigns_private", "campaign_target_log"), ref("int_campaign_choice"),
        traits=[
            (ref("campaign_responses"), ["customer_id"], [
                "age_years", "gender", "income_usd", "loyalty_points", "previous_purchases",
            ]),
        ],
        rules={
            "vars": [
                "campaign_budget", "campaign_channel_limits", "campaign_contacts", "campaign_contacts_a_customer",
                "campaign_effect_to_see", "campaign_outcome_days", "campaign_type_limits", "campaign_weeks_to_see",
                "contact_pause_days", "holdout_share_limit",
            ],
            "seeds": ["campaign_channels", "campaign_types"],
        },
    )
}}
