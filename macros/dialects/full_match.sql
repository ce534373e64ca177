{#- Whether a regular expression holds for a whole text. -#}
{% macro full_match(text, pattern) -%}
    {{ return(adapter.dispatch("full_match")(text, pattern)) }}
{%- endmacro %}

{% macro default__full_match(text, pattern) -%} regexp_full_match({{ text }}, '{{ pattern }}') {%- endmacro %}

{#- Not rlike: its $ lets a line feed pass. -#}
{% macro spark__full_match(text, pattern) -%}
    regexp_extract({{ text }}, '^({{ pattern }})$', 0) = {{ text }}
{%- endmacro %}
