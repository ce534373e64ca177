{{
    list_holdout(
        ref("retention_choice_score"), ref("int_retention_draws"), "customer_id", "action", "retention_outcome_days",
        ["smallest_effect_seen", "weeks_until_seen", "holdout_share"],
        "The list is empty: no call is worth its cost, or the limits allow none.",
    )
}}
