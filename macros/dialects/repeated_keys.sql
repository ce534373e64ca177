{#- The keys that more than one row has. -#}
{% macro repeated_keys(model, columns) -%} {{ return(adapter.dispatch("repeated_keys")(model, columns)) }} {%- endmacro %}

{% macro default__repeated_keys(model, columns) -%}
    select {{ columns | join(", ") }} from {{ model }} group by {{ columns | join(", ") }} having count(*) > 1
{%- endmacro %}

{#- Of sorted keys a copy stands beside its like. Keys come nearly sorted, and then DuckDB sorts 13 million in a third of
    the time that grouping them takes. -#}
{% macro duckdb__repeated_keys(model, columns) -%}
    {%- set key = columns[0] -%}
    {%- if columns | length > 1 -%} {{ default__repeated_keys(model, columns) }}
    {%- else -%}
        select {{ key }}
        from (select {{ key }}, lag({{ key }}) over (order by {{ key }}) as key_before from {{ model }})
        where {{ key }} = key_before
    {%- endif -%}
{%- endmacro %}
