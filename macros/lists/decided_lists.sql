{#- The lists whose decisions are counted: domain, list, the models with what was asked and what was chosen, their columns
    with the customer, the action and the money to expect of it, and the money's currency. -#}
{% macro decided_lists() %}
    {{ return([
        {
            "domain": "churn", "name": "retention_call_list", "decisions": "int_retention_decisions",
            "choice": "retention_choice_score", "key": "customer_id", "actions": ["action"],
            "money": "expected_net_gain", "currency": var("churn_currency"),
        },
        {
            "domain": "transactions", "name": "next_best_offer_list", "decisions": "int_offer_decisions",
            "choice": "next_best_offer_choice_score", "key": "client_id", "actions": ["product"],
            "money": "expected_taken_margin_usd", "currency": "USD",
        },
        {
            "domain": "campaigns", "name": "campaign_target_list", "decisions": "int_campaign_decisions",
            "choice": "int_campaign_choice", "key": "customer_id",
            "actions": ["campaign_type", "campaign_channel", "spend_level"],
            "money": "expected_profit_usd", "currency": "USD",
        },
    ]) }}
{% endmacro %}
