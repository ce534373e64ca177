{#- '$-77.00', '$1,234', '77.5' -> decimal; null where the text is no amount, or one of fractions of a cent. -#}
{% macro parse_money(text) -%}
    case
        when {{ full_match("trim(" ~ text ~ ")", value_pattern("money", 2)) }}
        then try_cast(trim(replace(replace({{ text }}, '$', ''), ',', '')) as decimal(18, 2))
    end
{%- endmacro %}
