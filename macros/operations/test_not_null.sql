{#- dbt's own test `not_null`, with the whole rows instead of the column that is null, so that a failure names them;
    dbt looks here before it takes its own. -#}
{% macro default__test_not_null(model, column_name) %}
select * from {{ model }} where {{ column_name }} is null
{% endmacro %}
