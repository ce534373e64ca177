{#- Makes dbt build a shared table after every raw seed, and so whenever a domain is built from its files: the logs are
    written by the loads, and a domain is published together with the shared tables. -#}
{% macro depends_on_raw_seeds() %}
    {%- set seeds = [
        "raw_campaign_responses",
        "raw_campaign_decisions",
        "raw_card_transactions",
        "raw_bank_customers",
        "raw_cards",
        "raw_merchant_categories",
        "raw_offer_outcomes",
        "raw_order_lines",
        "raw_retail_customers",
        "raw_coupons",
        "raw_marketing_spend",
        "raw_product_taxes",
        "raw_lift_tests",
        "raw_churn_customers",
        "raw_retention_outcomes",
    ] -%}
    {%- for seed in seeds -%} {%- do ref(seed) -%} {%- endfor -%}
{% endmacro %}
