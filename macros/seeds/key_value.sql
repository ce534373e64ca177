{#- What counts of a loaded key's column: '1/1/2019' and '01/01/2019' are one day, 'JAN' and 'Jan ' one month. -#}
{% macro key_value(column, loaded) -%}
    {%- if column.meta.get("format") -%} {{ seed_value(column, loaded) }}
    {%- elif column.data_type == "varchar" -%} lower(trim({{ loaded }}))
    {%- else -%} {{ loaded }}
    {%- endif -%}
{%- endmacro %}
