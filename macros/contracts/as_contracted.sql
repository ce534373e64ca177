{#- All columns of the model's contract, each cast to its type there. In a dbt unit test, which has no contract, whatever
    there is. -#}
{% macro as_contracted() %}
    {%- for column in model["columns"].values() -%}
        cast({{ column.name }} as {{ api.Column.translate_type(column.data_type) }}) as {{ column.name }}
        {{- ", " if not loop.last }}
    {%- else -%} *
    {%- endfor -%}
{% endmacro %}
