{{
    list_holdout(
        ref("next_best_offer_choice_score"), ref("int_offer_draws"), "client_id", "product", "offer_outcome_days",
        ["smallest_effect_seen", "holdout_share"],
        "The list is empty: nobody is eligible and may be contacted.",
    )
}}
