{#- 'Jan' -> 1 ... 'Dec' -> 12; null where the text is no such month. -#}
{% macro parse_month_name(text) -%}
    case lower(substr(trim({{ text }}), 1, 3))
        {%- for month in ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"] %}
            when '{{ month }}' then {{ loop.index }}
        {%- endfor %}
    end
{%- endmacro %}
