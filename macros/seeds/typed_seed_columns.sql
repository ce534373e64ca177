{#- The columns of a seed that aren't texts, each as typed_<name>. What the grammar takes, the bare cast takes too and gives
    the same, at a quarter of the time, or takes without the blanks at its ends (hard ones, for a moment any): or else a
    value would become null without a word. What only the cast takes, seed_row_checks puts aside. -#}
{% macro typed_seed_columns(seed, header) %}
    {%- for column in seed["columns"].values() if column.name in header and column.data_type != "varchar" %}
        {%- if column.data_type == "boolean" %} {{ seed_value(column, column.name) }}
        {%- else %}
            coalesce(
                try_cast({{ column.name }} as {{ column.data_type }}), try_cast(trim({{ column.name }}) as {{ column.data_type }})
            )
        {%- endif %} as typed_{{ column.name }},
    {%- endfor %}
{% endmacro %}
