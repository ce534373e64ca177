{#- A row for each place of lists of numbers that are equally long: the columns `keys`, the place (from 1 on) and the elements,
    by the names of the lists. -#}
{% macro unnested_lists(relation, keys, lists) -%}
    {{ return(adapter.dispatch("unnested_lists")(relation, keys, lists)) }}
{%- endmacro %}

{#- The cast is for lists that are empty in every row, whose type nobody knows. -#}
{% macro default__unnested_lists(relation, keys, lists) -%}
    select
        {{ keys | join(", ") }},
        generate_subscripts(cast({{ lists[0] }} as double[]), 1) as place,
        {% for list in lists %}
            unnest(cast({{ list }} as double[])) as {{ list }}{{ "," if not loop.last }}
        {% endfor %}
    from {{ relation }}
{%- endmacro %}

{% macro spark__unnested_lists(relation, keys, lists) -%}
    select
        {{ keys | join(", ") }},
        position + 1 as place,
        {% for list in lists %} element.{{ list }}{{ "," if not loop.last }} {% endfor %}
    from {{ relation }}
    lateral view posexplode(arrays_zip({{ lists | join(", ") }})) elements as position, element
{%- endmacro %}
