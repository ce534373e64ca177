{#- Standard error of a total over the rows of a group: what as many rows drawn anew would differ by. -#}
{% macro total_error(figure) -%} sqrt(count(*)) * stddev_samp({{ figure }}) {%- endmacro %}
