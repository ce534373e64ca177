{#- The houses with a population of their own; evaluation and operations look into all of them. -#}
{% macro houses() %} {{ return(["campaigns", "transactions", "sales", "churn"]) }} {% endmacro %}
