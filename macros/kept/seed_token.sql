{#- What the rows of a seed follow from: the content of its file or its parts, and how it is read. -#}
{% macro seed_token(seed, fingerprint) %}
    {{ return(local_md5([
        graph.kept.surroundings, fingerprint, seed["relation_name"], tojson(seed_declaration(seed)),
        var("max_reject_share") | string,
    ] | join("\n"))) }}
{% endmacro %}
