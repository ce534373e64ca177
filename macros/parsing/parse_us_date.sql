{#- 'M/D/YYYY' -> date; null where the text is no such date. -#}
{% macro parse_us_date(text) -%}
    case
        when {{ full_match("trim(" ~ text ~ ")", value_pattern("us_date")) }}
        then
            try_cast(
                split_part(trim({{ text }}), '/', 3)
                || '-'
                || split_part(trim({{ text }}), '/', 1)
                || '-'
                || split_part(trim({{ text }}), '/', 2) as date
            )
    end
{%- endmacro %}
