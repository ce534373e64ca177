{#- Standard error of a sum over n rows, from the sum of their squares; 0 where rounding would take it below. -#}
{% macro sum_error(squares, total, n) -%}
    sqrt(greatest({{ squares }} - ({{ total }}) * ({{ total }}) / nullif({{ n }}, 0), 0))
{%- endmacro %}
