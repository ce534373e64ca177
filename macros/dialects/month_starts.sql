{#- A row for each month from one first day of a month to another, both included. -#}
{% macro month_starts(first_month, last_month) -%}
    {{ return(adapter.dispatch("month_starts")(first_month, last_month)) }}
{%- endmacro %}

{% macro default__month_starts(first_month, last_month) -%}
    cast(unnest(generate_series({{ first_month }}, {{ last_month }}, interval '1 month')) as date)
{%- endmacro %}

{% macro spark__month_starts(first_month, last_month) -%}
    explode(sequence({{ first_month }}, {{ last_month }}, interval 1 month))
{%- endmacro %}
