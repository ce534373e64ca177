{#- All rows of those of the models that were built; no row, under the same names, where none was. -#}
{% macro built_rows(names, columns) %}
    {%- for model in built_models(names, columns) -%}
        select {{ columns | join(", ") }} from {{ model }} {{ "union all" if not loop.last }}
    {% else -%} select {{ "null as " ~ columns | join(", null as ") }} where false
    {%- endfor -%}
{% endmacro %}
