{#- What decides what the offer list may hold: vars and seeds. -#}
{% macro offer_rules() %}
    {{ return({
        "vars": [
            "contact_pause_days", "credit_needs_permission", "holdout_share_limit", "offer_effect_to_see",
            "offer_outcome_days",
        ],
        "seeds": ["bank_products", "bank_product_spending_groups"],
    }) }}
{% endmacro %}
