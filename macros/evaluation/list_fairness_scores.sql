{#- The scores that also compare who is on a list. -#}
{% macro list_fairness_scores() %}
    {{ return(["churn_fairness_score", "offer_selection_score"]) }}
{% endmacro %}
