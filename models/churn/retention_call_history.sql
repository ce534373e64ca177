{{
    list_history(
        source("churn_private", "retention_call_log"), ref("retention_choice_score"),
        traits=[
            (ref("churn_customers"), ["customer_id"], [
                "country", "age_years", "tenure_years", "balance", "products", "is_active",
            ]),
            (ref("churn_scores"), ["customer_id"], [
                "churn_probability", "decile", "exit_probability", "horizon_years", "model_version",
            ]),
        ],
        rules={
            "vars": [
                "churn_balance_margin", "churn_product_margin", "churn_value_years", "contact_pause_days",
                "holdout_share_limit", "retention_budget", "retention_calls_a_week", "retention_effect_to_see",
                "retention_horizon_years", "retention_outcome_days", "retention_weeks_to_see",
            ],
            "seeds": ["retention_actions"],
        },
    )
}}
