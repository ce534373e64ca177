{{
    list_draws(
        source("transactions_private", "next_best_offer_log"), "client_id", "product", "offer_outcome_days", offer_rules()
    )
}}
