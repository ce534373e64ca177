{#- Takes out what was loaded of parts that changed or are no longer there, and notes the months of their rows. -#}
{% macro drop_parts(seed, relation, names) %}
    {%- set literals = [] -%}
    {%- for name in names -%} {%- do literals.append(dbt.string_literal(name)) -%} {%- endfor -%}
    {%- set gone = "part in (" ~ (literals | join(", ") or "''") ~ ")" -%}
    {%- set log = "operations_private.seed_part_log where seed_name = '" ~ seed["name"] ~ "'" -%}
    {% call statement("drop_parts") %}
        create or replace temp table months_changed as
        select distinct {{ month_of(seed["config"]["meta"]["parts_by"]) }} as month from {{ relation }} where {{ gone }};
        delete from {{ relation }} where {{ gone }};
        delete from {{ replaced_rows(relation) }} where {{ gone }};
        delete from {{ seed["fqn"][1] }}_private.rejected_rows
        where seed_name = '{{ seed["name"] }}' and file in (select file from {{ log }} and {{ gone }});
        delete from {{ log }} and {{ gone }}
    {% endcall %}
{% endmacro %}
