{#- After a run: notes which tests passed, and says how much was kept. A test that warned runs again. -#}
{% macro note_passed_tests(results) %}
    {% if execute %}
        {% set passed, kept = [], [] %}
        {% for result in results %}
            {% set id = result.node.unique_id %}
            {% if result.adapter_response.get("code") == "KEPT" %} {% do kept.append(id) %}
            {% elif result.status == "pass" %}
                {% set token = graph.kept.tested.get(id) %}
                {#- A unit test reads no table, so its inputs are known if it names none. -#}
                {% if result.node.resource_type == "unit_test" and not has_unknown_input(result.node.compiled_code, []) %}
                    {% set token = unit_token(result.node.compiled_code, result.node.config, graph.kept.surroundings) %}
                {% endif %}
                {% if token %} {% do passed.append("('" ~ id ~ "', '', '" ~ token ~ "', '', '')") %} {% endif %}
            {% endif %}
        {% endfor %}
        {% if passed %}
            {% do run_query(
                "create or replace temp table passed_tests as from (values " ~ passed | join(", ") ~ ");"
                ~ " delete from kept_private.results where unique_id in (select col0 from passed_tests);"
                ~ " insert into kept_private.results from passed_tests"
            ) %}
            {% do adapter.commit() %}
        {% endif %}
        {%- if kept -%}
        {{ print("Kept, as nothing they follow from has changed: " ~ kept | length ~ " of " ~ results | length ~ " results.") }}
        {% endif %}
    {% endif %}
{% endmacro %}
