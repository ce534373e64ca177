{#- The place of a file decides its schema: seeds lie in `raw`, what stands in a subfolder of a domain is private. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- set domain = node.fqn[1] -%}
    {%- set private_rooms = ["staging", "intermediate", "features", "fit", "score"] -%}
    {%- if node.resource_type == "seed" -%} raw
    {%- elif node.resource_type == "snapshot" -%} {{ domain }}_private
    {%- elif node.resource_type in ["test", "unit_test", "analysis"] -%} main
    {%- elif node.fqn[2] in private_rooms -%} {{ domain }}_private
    {%- else -%} {{ domain }}
    {%- endif -%}
{%- endmacro %}
