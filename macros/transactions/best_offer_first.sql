{#- The order of a client's offers, the best first. -#}
{% macro best_offer_first() -%} expected_taken_margin_usd desc, score desc, product asc {%- endmacro %}
