{#- dbt's own test `unique` on DuckDB; dbt looks here before it takes its own. Of sorted keys a copy stands beside its
    like. Keys come nearly sorted, and then DuckDB sorts 13 million in a third of the time that grouping them takes. -#}
{% macro duckdb__test_unique(model, column_name) %}
select unique_field, count(*) + 1 as n_records
from (
    select {{ column_name }} as unique_field, lag({{ column_name }}) over (order by {{ column_name }}) as key_before
    from {{ model }}
)
where unique_field = key_before
group by unique_field
{% endmacro %}
