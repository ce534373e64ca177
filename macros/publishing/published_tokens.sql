{#- What public tables and raw files follow from (docs/decisions/0006-kept-results.md), and what was noted of the last
    publication; nothing after `--full-refresh`, so that the file is written whole. -#}
{% macro published_tokens() %}
    {% set tokens, loaded, noted = {}, {}, {} %}
    {% for node in graph.nodes.values() %}
        {% set token = graph.kept.tokens.get(node.unique_id) %}
        {% if node.resource_type == "seed" %} {% do loaded.update({node.name: token}) %}
        {% elif node.resource_type == "model" %} {% do tokens.update({node.schema ~ "." ~ node.name: token}) %}
        {% endif %}
    {% endfor %}
    {% if not flags.FULL_REFRESH %}
        {% for row in run_query("from kept_private.published") %} {% do noted.update({row[0]: row[1]}) %} {% endfor %}
    {% endif %}
    {{ return({"tokens": tokens, "loaded": loaded, "noted": noted}) }}
{% endmacro %}
