{#- By model, the columns that tell its rows apart, as its first test keys_hold says. -#}
{% macro table_keys() %}
    {% set keys = {} %}
    {% set tests = graph.nodes.values() | selectattr("resource_type", "equalto", "test") | selectattr("test_metadata") %}
    {% for test in tests if test.test_metadata.name == "keys_hold" and test.test_metadata.kwargs.key %}
        {% if test.attached_node not in keys %}
            {% do keys.update({test.attached_node: test.test_metadata.kwargs.key}) %}
        {% endif %}
    {% endfor %}
    {{ return(keys) }}
{% endmacro %}
