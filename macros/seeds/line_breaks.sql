{#- The number of line feeds within texts. -#}
{% macro line_breaks(texts) -%}
    {%- for text in texts -%}
        coalesce(length(rtrim({{ text }}, e'\r\n')) - length(replace(rtrim({{ text }}, e'\r\n'), chr(10), '')), 0)
        {{- " + " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
