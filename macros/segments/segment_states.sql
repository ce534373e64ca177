{#- Who is in which segment now, for a snapshot. Without any customer (dbt build --empty) it repeats what the snapshot
    holds, so that nobody is closed: a customer is gone only if others are there. -#}
{% macro segment_states(segments, key) %}
    {%- set columns = [key, "segment_id", "segment_name", "method", "model_version"] | join(", ") -%}
    select {{ columns }} from {{ segments }}
    {%- if execute and load_relation(this) %}
        union all
        select {{ columns }}
        from {{ this }}
        where valid_to is null and not exists (select 1 from {{ segments }})
    {%- endif %}
{% endmacro %}
