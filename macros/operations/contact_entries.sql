{#- Who may not be contacted, by all domains that were built, with the customer's number as subject_id. Who objects to
    profiling isn't named: no published table does. -#}
{% macro contact_entries() %}
    {%- set views = [
        ("campaigns", "stg_campaigns__do_not_contact", "customer_id"),
        ("transactions", "stg_transactions__do_not_contact", "client_id"),
        ("sales", "stg_sales__do_not_contact", "customer_id"),
        ("churn", "stg_churn__do_not_contact", "customer_id"),
    ] -%}
    {%- set built = [] -%}
    {%- for domain, name, key in views -%}
        {%- for view in built_models([name], [key, "purpose", "channel", "is_permitted", "until_date"]) -%}
            {%- do built.append((domain, view, key)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for domain, view, key in built %}
        select '{{ domain }}' as domain, {{ key }} as subject_id, until_date
        from {{ view }} as entries
        where
            (purpose = 'contact' or (purpose = 'marketing' and channel = 'all'))
            and not is_permitted
            and not exists (
                select 1
                from {{ view }} as objections
                where objections.{{ key }} = entries.{{ key }} and objections.purpose = 'profiling' and not objections.is_permitted
            )
        {{ "union all" if not loop.last }}
    {%- else %}
        select null as domain, null as subject_id, null as until_date
        where false
    {%- endfor %}
{% endmacro %}
