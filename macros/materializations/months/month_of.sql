{#- The first day of the month of a moment. -#}
{% macro month_of(moment) -%} cast({{ dbt.date_trunc("month", moment) }} as date) {%- endmacro %}
