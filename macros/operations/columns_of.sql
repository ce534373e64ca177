{#- Names of the columns of a table in a catalogue; none if there is no such table. -#}
{% macro columns_of(catalogue, table) %}
    {{ return(run_query(
        "select column_name from duckdb_columns() where database_name = '" ~ catalogue
        ~ "' and schema_name || '.' || table_name = '" ~ table ~ "' order by column_index"
    ).columns[0].values() | list) }}
{% endmacro %}
