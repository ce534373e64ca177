{#- A text as a value of a declared type; null where the grammar (value_pattern) doesn't hold or there is no such
    value. -#}
{% macro parse_value(text, data_type) -%}
    {%- set kind = value_kind(none, data_type) -%}
    {%- set trimmed = "trim(" ~ text ~ ")" -%}
    {%- if kind == "boolean" -%}
        case
            when {{ full_match("lower(" ~ trimmed ~ ")", value_pattern("true")) }}
            then true
            when {{ full_match("lower(" ~ trimmed ~ ")", value_pattern("false")) }}
            then false
        end
    {%- else -%}
        {%- set places = decimal_places(data_type) if kind == "decimal" else none -%}
        {%- set digits = "split_part(" ~ trimmed ~ ", '.', 1)" if kind == "whole" else trimmed -%}
        case
            when {{ full_match(trimmed, value_pattern(kind, places)) }} then try_cast({{ digits }} as {{ data_type }})
        end
    {%- endif -%}
{%- endmacro %}
