{#- By model, the columns that tell its rows apart, as its tests say: those of unique_combination, or else the first
    column that is unique. A test of a part of the rows says nothing about all. -#}
{% macro table_keys() %}
    {% set keys = {} %}
    {% set tests = graph.nodes.values() | selectattr("resource_type", "equalto", "test") | selectattr("test_metadata") | list %}
    {% for kind in ["unique_combination", "unique"] %}
        {% for test in tests if test.test_metadata.name == kind and not test.config.where %}
            {% set arguments = test.test_metadata.kwargs %}
            {% if test.attached_node not in keys %}
                {% do keys.update({
                    test.attached_node: arguments.columns if kind == "unique_combination" else [arguments.column_name]
                }) %}
            {% endif %}
        {% endfor %}
    {% endfor %}
    {{ return(keys) }}
{% endmacro %}
