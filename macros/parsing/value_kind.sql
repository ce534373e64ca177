{#- What kind of value a declared column holds, by its format or else its type: a name of value_pattern, or text. -#}
{% macro value_kind(format, data_type) -%}
    {%- if format -%} {{- format -}}
    {%- elif data_type in ["integer", "bigint"] -%} whole
    {%- elif data_type.startswith("decimal") -%} decimal
    {%- elif data_type == "varchar" -%} text
    {%- else -%} {{- data_type -}}
    {%- endif -%}
{%- endmacro %}
