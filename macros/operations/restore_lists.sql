{#- The lists of earlier publications (`list_logs`) and what was known at the last (`known_before`): read back at each
    start, so that the list of a build that failed was never made. A column that an earlier release lacked is null; without
    a published file the working file's rows stay. -#}
{% macro restore_lists() %}
    {% set is_published = run_query("select file_exists('" ~ published_path() ~ "')")[0][0] %}
    {% if is_published %}
        {% do run_query("attach '" ~ published_path() ~ "' as published (read_only)") %}
        {% set published_columns = columns_by_table("published") %}
    {% endif %}
    {% for log, history in dict(list_logs(), **known_before()).items() %}
        {% set declared = [] %}
        {% for name, type in history.columns.items() %}
            {% do declared.append(name ~ " " ~ type) %}
        {% endfor %}
        {% set table = log ~ " (" ~ declared | join(", ") ~ ")" %}
        {% do run_query("create " ~ ("or replace table " if is_published else "table if not exists ") ~ table) %}
        {% if is_published %}
            {% set found = published_columns.get(history.published, []) | select("in", history.columns) | join(", ") %}
            {% if found %}
                {% do run_query(
                    "insert into " ~ log ~ " by name select " ~ found ~ " from published." ~ history.published
                ) %}
            {% endif %}
        {% endif %}
    {% endfor %}
    {% do adapter.commit() %}
    {% if is_published %} {% do run_query("detach published") %} {% endif %}
{% endmacro %}
