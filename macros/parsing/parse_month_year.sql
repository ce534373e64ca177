{#- 'MM/YYYY' -> first day of that month; null where the text is no such month. -#}
{% macro parse_month_year(text) -%}
    case
        when {{ full_match("trim(" ~ text ~ ")", value_pattern("month_year")) }}
        then
            try_cast(
                split_part(trim({{ text }}), '/', 2) || '-' || split_part(trim({{ text }}), '/', 1) || '-01' as date
            )
    end
{%- endmacro %}
