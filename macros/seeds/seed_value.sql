{#- The value of a declared column: its text by the grammar, null where it is no such value. -#}
{% macro seed_value(column, text) -%}
    {%- if column.meta.get("format") -%} {{ context["parse_" ~ column.meta["format"]](text) }}
    {%- elif column.data_type == "varchar" -%} {{ text }}
    {%- else -%} {{ parse_value(text, column.data_type) }}
    {%- endif -%}
{%- endmacro %}
