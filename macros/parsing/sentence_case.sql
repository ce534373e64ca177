{#- ' FEMALE' -> 'Female'; null where there is nothing but blanks. For labels of one word. -#}
{% macro sentence_case(text) -%}
    nullif(upper(substr(trim({{ text }}), 1, 1)) || lower(substr(trim({{ text }}), 2)), '')
{%- endmacro %}
