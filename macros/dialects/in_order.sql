{#- An aggregate of numbers in their own order, so that the order of the rows, and which thread read them, changes no
    digit: a sum of doubles differs in the last ones. -#}
{% macro in_order(aggregate, value) -%} {{ return(adapter.dispatch("in_order")(aggregate, value)) }} {%- endmacro %}

{% macro default__in_order(aggregate, value) -%}
    {{ aggregate }}({{ value }} order by {{ value }})
{%- endmacro %}

{#- Spark orders nothing within an aggregate. -#}
{% macro spark__in_order(aggregate, value) -%} {{ aggregate }}({{ value }}) {%- endmacro %}
