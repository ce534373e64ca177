{#- Forgets what was loaded of a seed's parts, so that all are loaded anew. -#}
{% macro forget_parts(seed, relation) %}
    {% if seed["config"]["meta"].get("parts_by") %}
        {%- set own = " where seed_name = '" ~ seed["name"] ~ "'" -%}
        {% call statement("forget_parts") %}
            drop table if exists {{ relation }};
            drop table if exists {{ replaced_rows(relation) }};
            delete from operations_private.seed_part_log {{ own }};
            delete from {{ seed["fqn"][1] }}_private.rejected_rows {{ own }};
            delete from operations_private.month_log where table_name = '{{ relation.identifier }}'
        {% endcall %}
    {% endif %}
{% endmacro %}
