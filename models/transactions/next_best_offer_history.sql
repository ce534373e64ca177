{{
    list_history(
        source("transactions_private", "next_best_offer_log"), ref("next_best_offer_choice_score"),
        traits=[
            (ref("bank_customers"), ["client_id"], [
                "age_years", "yearly_income_usd", "credit_score", "debt_to_income",
            ]),
            (ref("next_best_offers"), ["client_id", "product"], ["score", "take_up_probability", "model_version"]),
        ],
        rules=offer_rules(),
    )
}}
