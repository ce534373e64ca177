{#- A field of a JSON object as the given type; null where the object says null. -#}
{% macro json_value(json, field, type) -%}
    {{ return(adapter.dispatch("json_value")(json, field, type)) }}
{%- endmacro %}

{% macro default__json_value(json, field, type) -%}
    cast(json_extract_string({{ json }}, '$.{{ field }}') as {{ type }})
{%- endmacro %}

{% macro spark__json_value(json, field, type) -%}
    cast(get_json_object({{ json }}, '$.{{ field }}') as {{ type }})
{%- endmacro %}
