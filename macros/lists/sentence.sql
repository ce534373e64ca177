{#- A sentence with values of columns in it, as SQL: `Bought in {said_group}`. Null where one of them is. -#}
{% macro sentence(text) -%}
    {{ return("('" ~ text | replace("{", "' || ") | replace("}", " || '") ~ "')") }}
{%- endmacro %}
