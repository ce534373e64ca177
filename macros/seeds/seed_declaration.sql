{#- A seed's declaration as bank_marketing.seeds.formats reads it. -#}
{% macro seed_declaration(seed) %}
    {{ return({
        "name": seed["name"],
        "description": seed["description"],
        "config": {"meta": seed["config"]["meta"]},
        "columns": seed["columns"].values() | list,
    }) }}
{% endmacro %}
