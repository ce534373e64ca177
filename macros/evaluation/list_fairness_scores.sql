{#- The scores that also compare who is on a list. -#}
{% macro list_fairness_scores() %}
    {{ return(["conversion_fairness_score", "churn_fairness_score", "offer_selection_score"]) }}
{% endmacro %}
