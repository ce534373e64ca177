{#- 'MM/YYYY' -> first day of that month; null where the text is no such month. -#}
{% macro parse_month_year(text) -%}
    try_cast(split_part({{ text }}, '/', 2) || '-' || split_part({{ text }}, '/', 1) || '-01' as date)
{%- endmacro %}
