{#- Says which rows fail a data test, at most three of each: dbt itself only counts them. As warnings, since those are
    shown whatever the output is reduced to. -#}
{% macro name_failing_rows(results) %}
    {% for result in results if execute and result.status == "fail" and result.node.resource_type == "test" %}
        {% set lines = ["Rows that fail " ~ result.node.name ~ ":"] %}
        {% for row in run_query("select * from (\n" ~ result.node.compiled_code ~ "\n) as failing limit 3") %}
            {% set values = [] %}
            {% for name, value in row.dict().items() if value is not none %}
                {% do values.append(name ~ ": " ~ value) %}
            {% endfor %}
            {% do lines.append("  " ~ values | join(", ")) %}
        {% endfor %}
        {% do exceptions.warn(lines | join("\n")) %}
    {% endfor %}
{% endmacro %}
