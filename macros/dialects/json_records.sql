{#- One value for each record of a JSON array of objects, to be taken apart by json_value. -#}
{% macro json_records(json) -%} {{ return(adapter.dispatch("json_records")(json)) }} {%- endmacro %}

{% macro default__json_records(json) -%} unnest(from_json({{ json }}, '["JSON"]')) {%- endmacro %}

{% macro spark__json_records(json) -%} explode(from_json({{ json }}, 'array<string>')) {%- endmacro %}
