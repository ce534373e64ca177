{#- Drops what had the name of a model until now, in front of the statement that makes it anew, so that both are one
    transaction: if the new one fails, the old one is still there. dbt's own way is to make it beside the old one, to rename
    both and to drop the old one, and sending a statement takes dbt longer than DuckDB to run it. -#}
{% macro in_place_of(former) -%}
    {%- if former -%} drop {{ former.type }} {{ former }}; {% endif -%}
{%- endmacro %}
