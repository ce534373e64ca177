{#- A row's values as one line of CSV, quoted where a value needs it. -#}
{% macro csv_text(row, columns) -%}
    {%- for name in columns -%}
        {%- set value = "coalesce(" ~ row ~ "." ~ name ~ ", '')" -%}
        case
            when regexp_matches({{ value }}, '[",\r\n]') then '"' || replace({{ value }}, '"', '""') || '"'
            else {{ value }}
        end
        {%- if not loop.last %} || ',' || {% endif -%}
    {%- endfor -%}
{%- endmacro %}
