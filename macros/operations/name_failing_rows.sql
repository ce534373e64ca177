{#- Says which rows fail a data test, at most three of each, of `keys_hold` three of each fault: dbt itself only counts
    them. As warnings, since those are shown whatever the output is reduced to. -#}
{% macro name_failing_rows(results) %}
    {% for result in results if execute and result.status == "fail" and result.node.resource_type == "test" %}
        {% set name, fault = result.node.name, "1" %}
        {% if (result.node.test_metadata or {}).name == "keys_hold" %}
            {% set name, fault = "keys_hold of " ~ result.node.attached_node.split(".")[-1], "found" %}
        {% endif %}
        {% set lines = ["Rows that fail " ~ name ~ ":"] %}
        {% set rows %}
            select *
            from (
                select failing.*, row_number() over (partition by {{ fault }} order by {{ fault }}) as nth_row
                from (
                    {{ result.node.compiled_code }}
                ) as failing
            ) as numbered
            where nth_row <= 3
        {% endset %}
        {% for row in run_query(rows) %}
            {% set values = [] %}
            {% for column, value in row.dict().items() if value is not none and column != "nth_row" %}
                {% do values.append(column ~ ": " ~ value) %}
            {% endfor %}
            {% do lines.append("  " ~ values | join(", ")) %}
        {% endfor %}
        {% do exceptions.warn(lines | join("\n")) %}
    {% endfor %}
{% endmacro %}
