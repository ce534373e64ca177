{#- What forbids something, of all domains that were built, with the customer's number as subject_id. -#}
{% macro contact_entries() %}
    {%- for domain, view, key in permission_views() %}
        select '{{ domain }}' as domain, {{ key }} as subject_id, purpose, channel, until_date
        from {{ view }}
        where not is_permitted
        {{ "union all" if not loop.last }}
    {%- else %}
        select null as domain, null as subject_id, null as purpose, null as channel, null as until_date
        where false
    {%- endfor %}
{% endmacro %}
