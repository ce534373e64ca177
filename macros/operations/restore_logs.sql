{#- Makes logs (`published_logs`, or others like them) from the published file, or, where there is
    none, from what the working file has. All at once, since dbt takes longer to send a statement than DuckDB to run it. -#}
{% macro restore_logs(logs=none) %}
    {% set is_published = run_query("select file_exists('" ~ published_path() ~ "')")[0][0] %}
    {% if is_published %} {% do run_query("attach '" ~ published_path() ~ "' as published (read_only)") %} {% endif %}
    {% set columns = columns_by_table("published" if is_published else target.database) %}
    {% set statements = [] %}
    {% for log, history in (logs or published_logs()).items() %}
        {% do statements.append(restored_log(log, history, columns, is_published)) %}
    {% endfor %}
    {% do run_query(statements | join(";\n")) %}
    {% if is_published %}
        {% do restore_file_fingerprints(columns) %}
        {% do adapter.commit() %}
        {% do run_query("detach published") %}
    {% endif %}
    {% do adapter.commit() %}
{% endmacro %}
