{#- The lists whose changes are told, and what tells the cause: whom they name (`id`), with what (`action`), history, choice,
    what was known of customers at the last publication and is known now (`known`: model, log, columns), who may be
    contacted, when somebody was last contacted besides exports, what counts as the outcome (`outcome_of`: of which
    action, null for any), and by which figure of customer and action places are given (`figure`: a model and its column,
    which the history has, too). -#}
{% macro changing_lists() %}
    {{ return([
        {
            "name": "retention_call_list", "domain": "churn",
            "history": "retention_call_history", "choice": "retention_choice_score",
            "id": "customer_id", "action": "action",
            "known": [
                ("churn_customers", source("churn_private", "churn_customer_log"), [
                    "country", "gender", "age_years", "tenure_years", "balance", "products", "is_active",
                ]),
            ],
            "permitted": ("churn_scores", source("churn_private", "churn_permission_log")),
            "contacts": ("int_retention_outcomes", "contact_date"), "outcome": ("churn_customers", "has_exited"),
            "outcome_of": "null",
            "outcome_days": "retention_outcome_days", "figure": ("int_retention_decisions", "expected_net_gain"),
        },
        {
            "name": "campaign_target_list", "domain": "campaigns",
            "history": "campaign_target_history", "choice": "int_campaign_choice",
            "id": "customer_id",
            "action": "campaign_type || ', ' || campaign_channel || ', ' || spend_level || ' spend'",
            "known": [
                ("campaign_responses", source("campaigns_private", "campaign_customer_log"), [
                    "gender", "age_years", "income_usd", "loyalty_points", "previous_purchases",
                ]),
            ],
            "permitted": ("campaign_responses", source("campaigns_private", "campaign_customer_log")),
            "contacts": none, "outcome": none,
            "outcome_days": "campaign_outcome_days", "figure": ("int_campaign_decisions", "expected_profit_usd"),
        },
        {
            "name": "next_best_offer_list", "domain": "transactions",
            "history": "next_best_offer_history", "choice": "next_best_offer_choice_score",
            "id": "client_id", "action": "product",
            "known": [
                ("bank_customers", source("transactions_private", "bank_customer_log"), [
                    "age_years", "yearly_income_usd", "total_debt_usd", "credit_score",
                ]),
                ("customer_transaction_summaries", source("transactions_private", "transaction_summary_log"), [
                    "transactions", "purchases_usd", "last_transacted_at",
                ]),
            ],
            "permitted": ("next_best_offers", source("transactions_private", "offer_permission_log")),
            "contacts": ("int_offer_outcomes", "offered_date"), "outcome": ("int_offer_outcomes", "has_accepted"),
            "outcome_of": "product",
            "outcome_days": "offer_outcome_days", "figure": ("next_best_offers", "take_up_probability"),
        },
    ]) }}
{% endmacro %}
