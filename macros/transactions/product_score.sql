{#- The chance of at least one of a product's spending groups. Rounded, since a sum of floats depends on its order. -#}
{% macro product_score(chance) -%} round(1 - exp(sum(ln(greatest(1 - {{ chance }}, 1e-9)))), 9) {%- endmacro %}
