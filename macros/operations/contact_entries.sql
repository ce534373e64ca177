{#- All do-not-contact entries of the domains whose lookups exist, with the customer's number as subject_id. -#}
{% macro contact_entries() %}
    {%- set lookups = [
        ("campaigns", "do_not_contact_campaign_customers", "customer_id"),
        ("transactions", "do_not_contact_bank_customers", "client_id"),
        ("sales", "do_not_contact_retail_customers", "customer_id"),
        ("churn", "do_not_contact_churn_customers", "customer_id"),
    ] -%}
    {%- set built = [] -%}
    {%- for domain, name, key in lookups -%}
        {%- set lookup = ref(name) -%}
        {%- if execute and load_relation(lookup) -%} {%- do built.append((domain, lookup, key)) -%} {%- endif -%}
    {%- endfor -%}
    {%- for domain, lookup, key in built %}
        select '{{ domain }}' as domain, {{ key }} as subject_id, until_date
        from {{ lookup }}
        {{ "union all" if not loop.last }}
    {%- else %}
        select null as domain, null as subject_id, null as until_date
        where false
    {%- endfor %}
{% endmacro %}
