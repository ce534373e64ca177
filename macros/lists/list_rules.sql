{#- A fingerprint of the rules of a list: the values of these vars, and the files of these seeds as last loaded. -#}
{% macro list_rules(rules) %}
    {%- set values = {} -%}
    {%- for name in rules.vars -%} {%- do values.update({name: var(name) | string}) -%} {%- endfor -%}
    {%- set said = dbt.string_literal(local_md5(tojson(values, sort_keys=true))) -%}
    select
        {{ dbt.hash(dbt.concat([said, "coalesce(" ~ dbt.listagg("fingerprint", "','", "order by seed_name") ~ ", '')"])) }}
        as fingerprint
    from {{ source("operations_private", "seed_load_log") }}
    where seed_name in ('{{ rules.seeds | join("', '") }}')
{% endmacro %}
