{#- Histories of published lists and what became of them, by their name in the working file: the published table and the
    columns. -#}
{% macro list_logs() %}
    {{ return({
        "campaigns_private.campaign_target_log": {
            "published": "campaigns.campaign_target_history",
            "columns": {
                "publication": "bigint", "customer_id": "bigint", "listed_at": "timestamp", "campaign_type": "varchar",
                "campaign_channel": "varchar", "spend_level": "varchar", "is_held_out": "boolean",
                "is_carried_over": "boolean", "holdout_share": "double", "age_years": "integer", "gender": "varchar",
                "income_usd": "double", "loyalty_points": "integer", "previous_purchases": "integer",
                "conversion_probability": "double", "cost_usd": "double", "expected_profit_usd": "double",
                "model_version": "bigint", "rules_fingerprint": "varchar",
            },
        },
        "churn_private.retention_call_log": {
            "published": "churn.retention_call_history",
            "columns": {
                "publication": "bigint", "customer_id": "bigint", "listed_at": "timestamp", "action": "varchar",
                "is_held_out": "boolean", "is_carried_over": "boolean", "holdout_share": "double", "country": "varchar",
                "age_years": "integer", "tenure_years": "integer", "balance": "double", "products": "integer",
                "is_active": "boolean", "churn_probability": "double", "decile": "integer", "exit_probability": "double",
                "horizon_years": "double", "value_at_risk": "double", "expected_net_gain": "double",
                "model_version": "bigint", "rules_fingerprint": "varchar",
            },
        },
        "transactions_private.next_best_offer_log": {
            "published": "transactions.next_best_offer_history",
            "columns": {
                "publication": "bigint", "client_id": "bigint", "listed_at": "timestamp", "product": "varchar",
                "is_held_out": "boolean", "is_carried_over": "boolean", "holdout_share": "double", "age_years": "integer",
                "yearly_income_usd": "double", "credit_score": "integer", "debt_to_income": "double", "score": "double",
                "take_up_probability": "double", "model_version": "bigint", "rules_fingerprint": "varchar",
            },
        },
        "operations_private.list_change_log": {
            "published": "operations.list_changes",
            "columns": {
                "domain": "varchar", "list_name": "varchar", "publication": "bigint", "previous_publication": "bigint",
                "change": "varchar", "cause": "varchar", "previous_action": "varchar", "action": "varchar",
                "customers": "bigint", "listed_before": "bigint", "listed_now": "bigint", "share_stable": "double",
                "share_stable_low": "double", "share_stable_high": "double", "share_same_action": "double",
                "share_same_action_low": "double", "share_same_action_high": "double", "stability_message": "varchar",
            },
        },
    }) }}
{% endmacro %}
