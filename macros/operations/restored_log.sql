{#- The statement that makes a log of publications anew: from the published file, or, where there is none, from what the
    working file has, which an earlier release may have made. `columns` are those of that file's tables. What isn't there is
    null. -#}
{% macro restored_log(log, history, columns, is_published) %}
    {% set table = published_name(history.published, columns) if is_published else log %}
    {% set found = columns.get(table, []) %}
    {% set expressions = former_columns(history.published, found) %}
    {% set selected = [] %}
    {% for column, type in history.columns.items() %}
        {% set expression = expressions.get(column, column if column in found else "null") %}
        {% do selected.append("cast(" ~ expression ~ " as " ~ type ~ ") as " ~ column) %}
    {% endfor %}
    {{ return(
        "create or replace table " ~ log ~ " as select " ~ selected | join(", ")
        ~ (" from " ~ ("published." if is_published else "") ~ table if found else " where false")
    ) }}
{% endmacro %}
