{#- Makes the logs that a publication adds to: from the published file, or, where there is none, from what the working
    file has. -#}
{% macro restore_logs() %}
    {% set is_published = run_query("select file_exists('" ~ published_path() ~ "')")[0][0] %}
    {% if is_published %} {% do run_query("attach '" ~ published_path() ~ "' as published (read_only)") %} {% endif %}
    {% set columns = columns_by_table("published" if is_published else target.database) %}
    {% for log, history in published_logs().items() %}
        {% set table = published_name(history.published, columns) if is_published else log %}
        {% set found = columns.get(table, []) %}
        {% set expressions = former_columns(history.published, found) %}
        {% set selected = [] %}
        {% for column, type in history.columns.items() %}
            {% set expression = expressions.get(column, column if column in found else "null") %}
            {% do selected.append("cast(" ~ expression ~ " as " ~ type ~ ") as " ~ column) %}
        {% endfor %}
        {% do run_query(
            "create or replace table " ~ log ~ " as select " ~ selected | join(", ")
            ~ (" from " ~ ("published." if is_published else "") ~ table if found else " where false")
        ) %}
    {% endfor %}
    {% if is_published %}
        {% do restore_file_fingerprints(columns) %}
        {% do adapter.commit() %}
        {% do run_query("detach published") %}
    {% endif %}
    {% do adapter.commit() %}
{% endmacro %}
