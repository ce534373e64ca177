{#- All rows of those of the models that were built, or those that `condition` holds for; no row, under the same names,
    where none was. -#}
{% macro built_rows(names, columns, condition="true") %}
    {%- for model in built_models(names, columns) -%}
        select {{ columns | join(", ") }}
        from {{ model }}
        where {{ condition }} {{ "union all" if not loop.last }}
    {% else -%} select {{ "null as " ~ columns | join(", null as ") }} where false
    {%- endfor -%}
{% endmacro %}
