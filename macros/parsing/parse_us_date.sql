{#- 'M/D/YYYY' -> date; null where the text is no such date. -#}
{% macro parse_us_date(text) -%}
    try_cast(
        split_part({{ text }}, '/', 3) || '-' || split_part({{ text }}, '/', 1) || '-' || split_part({{ text }}, '/', 2)
        as date
    )
{%- endmacro %}
