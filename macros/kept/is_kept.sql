{#- Whether the result of this node stands already. -#}
{% macro is_kept(token) %}
    {{ return(token is not none and not flags.FULL_REFRESH and graph.kept.tokens.get(model.unique_id) == token) }}
{% endmacro %}
