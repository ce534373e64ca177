{#- The domains with a population of their own; evaluation and operations look into all of them. -#}
{% macro domains() %} {{ return(["campaigns", "transactions", "sales", "churn"]) }} {% endmacro %}
