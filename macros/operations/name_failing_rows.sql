{#- Says which rows fail a data test, at most three of each: dbt itself only counts them. -#}
{% macro name_failing_rows(results) %}
    {% for result in results if execute and result.status == "fail" and result.node.resource_type == "test" %}
        {% set failing = run_query("select * from (\n" ~ result.node.compiled_code ~ "\n) as failing limit 3") %}
        {{ print("\nRows that fail " ~ result.node.name ~ ":") }}
        {% for row in failing %}
            {% set values = [] %}
            {% for name, value in row.dict().items() if value is not none %}
                {% do values.append(name ~ ": " ~ value) %}
            {% endfor %}
            {{ print("  " ~ values | join(", ")) }}
        {% endfor %}
    {% endfor %}
{% endmacro %}
