{#- Tells the nodes that come after in this run what this one was made from. -#}
{% macro remember(token) %}
    {% do graph.kept.tokens.update({model.unique_id: token}) %}
    {% do graph.kept.digests.pop(model.unique_id, none) %}
{% endmacro %}
