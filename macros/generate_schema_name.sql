{#- The place of a file decides its schema: seeds lie in `raw`, what stands in a subfolder of a house is private. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- set house = node.fqn[1] -%}
    {%- set private_rooms = ["staging", "intermediate", "features", "fit", "score"] -%}
    {%- if node.resource_type == "seed" -%} raw
    {%- elif node.resource_type == "snapshot" -%} {{ house }}_private
    {%- elif node.resource_type in ["test", "unit_test", "analysis"] -%} main
    {%- elif node.fqn[2] in private_rooms -%} {{ house }}_private
    {%- else -%} {{ house }}
    {%- endif -%}
{%- endmacro %}
