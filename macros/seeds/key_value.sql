{#- What counts of a key's column: '1/1/2019' and '01/01/2019' are one day, 'JAN' and 'Jan ' one month. -#}
{% macro key_value(column, text) -%}
    {%- if column.meta.get("format") -%} {{ context["parse_" ~ column.meta["format"]](text) }}
    {%- elif column.data_type == "varchar" -%} lower(trim({{ text }}))
    {%- else -%} {{ text }}
    {%- endif -%}
{%- endmacro %}
