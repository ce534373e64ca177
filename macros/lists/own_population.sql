{#- The population of the domain whose model is compiled. -#}
{% macro own_population() %}
    {{ return({
        "campaigns": "campaign_customers",
        "transactions": "bank_customers",
        "sales": "retail_customers",
        "churn": "churn_customers",
    }[model.fqn[1]]) }}
{% endmacro %}
