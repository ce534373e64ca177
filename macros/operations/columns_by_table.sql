{#- The names of the columns of each table in a catalogue, by schema and name. -#}
{% macro columns_by_table(catalogue) %}
    {% set columns = {} %}
    {% for row in run_query(
        "select schema_name || '.' || table_name, string_agg(column_name, ',' order by column_index)"
        ~ " from duckdb_columns() where database_name = '" ~ catalogue ~ "' group by all"
    ) %}
        {% do columns.update({row[0]: row[1].split(",")}) %}
    {% endfor %}
    {{ return(columns) }}
{% endmacro %}
