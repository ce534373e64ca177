{#- What was known of the customers of lists at the last publication, by its name in the working file: the published table
    and the columns. By these `list_changes` tells whose data have changed. -#}
{% macro known_before() %}
    {{ return({
        "campaigns_private.campaign_customer_log": {
            "published": "campaigns.campaign_responses",
            "columns": {
                "customer_id": "bigint", "gender": "varchar", "age_years": "integer", "income_usd": "decimal(18, 2)",
                "loyalty_points": "integer", "previous_purchases": "integer", "may_be_contacted": "boolean",
            },
        },
        "churn_private.churn_customer_log": {
            "published": "churn.churn_customers",
            "columns": {
                "customer_id": "bigint", "country": "varchar", "gender": "varchar", "age_years": "integer",
                "tenure_years": "integer", "balance": "decimal(18, 2)", "products": "integer", "is_active": "boolean",
            },
        },
        "churn_private.churn_permission_log": {
            "published": "churn.churn_scores",
            "columns": {"customer_id": "bigint", "may_be_contacted": "boolean"},
        },
        "transactions_private.bank_customer_log": {
            "published": "transactions.bank_customers",
            "columns": {
                "client_id": "bigint", "age_years": "integer", "yearly_income_usd": "decimal(18, 2)",
                "total_debt_usd": "decimal(18, 2)", "credit_score": "integer",
            },
        },
        "transactions_private.transaction_summary_log": {
            "published": "transactions.customer_transaction_summaries",
            "columns": {
                "client_id": "bigint", "transactions": "bigint", "purchases_usd": "decimal(38, 2)",
                "last_transacted_at": "timestamp",
            },
        },
        "transactions_private.offer_permission_log": {
            "published": "transactions.next_best_offers",
            "columns": {"client_id": "bigint", "may_be_contacted": "boolean"},
        },
    }) }}
{% endmacro %}
