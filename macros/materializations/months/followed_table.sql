{#- The table whose months a model follows (`follows`: one of its sources, maybe a view of that table), and SQL of the view's
    definition. -#}
{% macro followed_table() %}
    {%- for id in model.depends_on.nodes if graph.nodes[id].name == model.config.meta.follows -%}
        {%- set source = graph.nodes[id] -%}
        {%- if source.config.materialized != "view" -%} {{ return({"table": source.name, "definition": "''"}) }} {%- endif -%}
        {{ return({
            "table": graph.nodes[source.depends_on.nodes[0]].name,
            "definition": "(select sql from duckdb_views() where schema_name = '" ~ source.schema ~ "' and view_name = '"
            ~ source.name ~ "')",
        }) }}
    {%- endfor -%}
{% endmacro %}
