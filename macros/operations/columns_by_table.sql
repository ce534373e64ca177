{#- The names of the columns of each table in a catalogue, or of some of them, by schema and name. -#}
{% macro columns_by_table(catalogue, names=none) %}
    {% set columns = {} %}
    {% for row in run_query(
        "select schema_name || '.' || table_name, string_agg(column_name, ',' order by column_index)"
        ~ " from duckdb_columns() where database_name = '" ~ catalogue ~ "'"
        ~ (" and table_name in ('" ~ names | join("', '") ~ "')" if names else "") ~ " group by all"
    ) %}
        {% do columns.update({row[0]: row[1].split(",")}) %}
    {% endfor %}
    {{ return(columns) }}
{% endmacro %}
