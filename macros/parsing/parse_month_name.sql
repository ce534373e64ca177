{#- 'Jan' or 'january' -> 1 ... 'Dec' -> 12; null where the text is no such month. -#}
{% macro parse_month_name(text) -%}
    case lower(trim({{ text }}))
        {%- for month in [
            "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
            "december"
        ] %}
            when '{{ month[:3] }}' then {{ loop.index }}
            {%- if month != "may" %}
            when '{{ month }}' then {{ loop.index }}
            {%- endif %}
        {%- endfor %}
    end
{%- endmacro %}
