{#- The limits of ratios of rates of all domains whose lookups exist. -#}
{% macro fairness_limits() %}
    {%- set lookups = [
        ("campaigns", "fairness_limits_campaign_customers"),
        ("transactions", "fairness_limits_bank_customers"),
        ("churn", "fairness_limits_churn_customers"),
    ] -%}
    {%- set built = [] -%}
    {%- for domain, name in lookups -%}
        {%- set lookup = ref(name) -%}
        {%- if execute and load_relation(lookup) -%} {%- do built.append((domain, lookup)) -%} {%- endif -%}
    {%- endfor -%}
    {%- for domain, lookup in built %}
        select '{{ domain }}' as domain, group_name, lowest_ratio, highest_ratio, basis
        from {{ lookup }} {{ "union all" if not loop.last }}
    {%- else %}
        select null as domain, null as group_name, null as lowest_ratio, null as highest_ratio, null as basis
        where false
    {%- endfor %}
{% endmacro %}
