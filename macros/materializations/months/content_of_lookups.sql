{#- SQL of a digest of all that a model reads besides what it follows, of those columns alone that its SQL names. -#}
{% macro content_of_lookups(sql) %}
    {%- set digests = ["''"] -%}
    {%- for id in model.depends_on.nodes if graph.nodes[id].name != model.config.meta.follows -%}
        {%- set columns = [] -%}
        {%- for name in graph.nodes[id].columns if modules.re.search("\\b" ~ name ~ "\\b", sql) -%}
            {%- do columns.append(name) -%}
        {%- endfor -%}
        {%- if columns -%}
            {%- do digests.append(
                "(select count(*) || ' ' || coalesce(sum(hash(" ~ columns | join(", ") ~ ")), 0) from "
                ~ graph.nodes[id].relation_name ~ ")"
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(digests | join(" || ")) }}
{% endmacro %}
