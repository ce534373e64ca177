{#- The chance of a spending group that counts for a product: age decides about no credit, and only the cold start goes by
    age. -#}
{% macro chance_for_product(chances, products) -%}
    case when {{ products }}.is_credit then {{ chances }}.chance_without_age else {{ chances }}.chance end
{%- endmacro %}
