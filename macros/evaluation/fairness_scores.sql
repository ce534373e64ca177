{#- The fairness score of every domain that has one. -#}
{% macro fairness_scores() %} {{ return(["conversion_fairness_score", "churn_fairness_score"]) }} {% endmacro %}
