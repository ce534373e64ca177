{#- '$-77.00', '$1,234', '77.5' -> decimal; null where the text is no amount. -#}
{% macro parse_money(text) -%}
    try_cast(replace(replace(trim({{ text }}), '$', ''), ',', '') as decimal(18, 2))
{%- endmacro %}
