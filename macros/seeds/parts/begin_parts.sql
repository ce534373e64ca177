{#- Makes the empty tables of a seed in parts: its rows, each with its part, and those that a later part replaced. -#}
{% macro begin_parts(seed, relation) %}
    {% do forget_parts(seed, relation) %}
    {% for table in [relation, replaced_rows(relation)] %}
        {% call statement("begin_parts") %}
            create table {{ table }} (
                part varchar, source_line bigint
                {%- for column in seed["columns"].values() %}, {{ column.name }} {{ column.data_type }} {% endfor %}
            )
        {% endcall %}
    {% endfor %}
{% endmacro %}
