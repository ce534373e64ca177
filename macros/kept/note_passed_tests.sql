{#- After a run: notes which tests passed, and says how much was kept. A test that warned runs again. -#}
{% macro note_passed_tests(results) %}
    {% if execute %}
        {% set passed, kept = [], [] %}
        {% for result in results %}
            {% set id = result.node.unique_id %}
            {% if result.adapter_response.get("code") == "KEPT" %} {% do kept.append(id) %}
            {% elif result.status == "pass" and graph.kept.tested.get(id) %}
                {% do passed.append("('" ~ id ~ "', '', '" ~ graph.kept.tested[id] ~ "', '', '')") %}
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
