{#- The drift score of every domain. -#}
{% macro drift_scores() %}
    {{ return([
        "campaigns_drift_score",
        "transactions_drift_score",
        "sales_drift_score",
        "churn_drift_score",
    ]) }}
{% endmacro %}
