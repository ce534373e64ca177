{#- Domain, staging view and key of what customers permit, of the domains that were built. -#}
{% macro permission_views() %}
    {%- set built = [] -%}
    {%- for domain, population in [
        ("campaigns", "campaign_customers"),
        ("transactions", "bank_customers"),
        ("sales", "retail_customers"),
        ("churn", "churn_customers"),
    ] -%}
        {%- set key = permission_key(population) -%}
        {%- set view = "stg_" ~ domain ~ "__do_not_contact" -%}
        {%- for found in built_models([view], [key, "purpose", "channel", "is_permitted", "until_date"]) -%}
            {%- do built.append((domain, found, key)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(built) }}
{% endmacro %}
