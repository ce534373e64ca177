{#- Of whom a list (as in `changing_lists`) knows an outcome, and of which action, null for any; `history` are its rows. -#}
{% macro list_outcomes(list, history) %}
    {% if list.outcome %}
        select distinct {{ list.id }} as subject_id, {{ list.outcome_of }} as offered
        from {{ ref(list.outcome[0]) }}
        where {{ list.outcome[1] }}
    {% else %} select subject_id, offered from {{ history }} where false
    {% endif %}
{% endmacro %}
