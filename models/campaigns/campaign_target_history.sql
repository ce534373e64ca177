{{
    list_history(
        source("campaigns_private", "campaign_target_log"), ref("int_campaign_choice"),
        traits=[
            (ref("campaign_responses"), ["customer_id"], [
                "age_years", "gender", "income_usd", "loyalty_points", "previous_purchases",
            ]),
        ],
        rules=target_rules(),
    )
}}
