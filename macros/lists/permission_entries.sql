{#- Where the rules of a population stand: its staging view, or `entries` in its place, in tests. -#}
{% macro permission_entries(population, entries=none) -%}
    {%- set views = {
        "campaign_customers": "stg_campaigns__do_not_contact",
        "bank_customers": "stg_transactions__do_not_contact",
        "retail_customers": "stg_sales__do_not_contact",
        "churn_customers": "stg_churn__do_not_contact",
    } -%}
    {{ return({"relation": entries or ref(views[population]), "key": permission_key(population)}) }}
{%- endmacro %}
