{#- What was behind a change of a list, by the columns that `list_moves` brings together; the first that holds,
    permission before pause as in `decision_stages`. A new model is the cause where by it the customer's own figure fell (who left) or changed (who
    moved): a refit follows from others' data, too, and whoever lost no chance was overtaken. What it said before of who
    entered, no publication keeps. -#}
{% macro list_cause() %}
    {%- set as_of = as_of_date() -%}
    {%- set last_day = "cast(made_by.previous_listed_at as date)" -%}
    {%- set model_moved_it -%}
        (
            has_new_model
            and coalesce(
                case
                    when change = 'left'
                    then figures.figure < named.previous_figure
                    when change = 'moved'
                    then figures.figure <> named.previous_figure
                end,
                true
            )
        )
    {%- endset %}
    case
        when change = 'stayed'
        then 'none'
        when previous_publication is null
        then 'first_list'
        when change = 'left' and is_held_out
        then 'holdout'
        when change = 'left' and outcomes.subject_id is not null
        then 'outcome'
        when change = 'left' and forbidden.subject_id is not null
        then 'permission'
        -- By one channel, while others may be used.
        when not figures.may_be_contacted
        then 'permission'
        when change = 'entered' and once_forbidden.subject_id is not null
        then 'permission'
        when change = 'left' and free_from > {{ as_of }}
        then 'pause'
        when change = 'entered' and free_from <= {{ as_of }} and free_from > {{ last_day }}
        then 'pause'
        when change = 'entered' and was_held_out
        then 'holdout'
        when altered.subject_id is not null
        then 'data'
        when has_new_model is null or has_new_rules is null
        then 'unknown'
        when has_new_rules and {{ model_moved_it }}
        then 'rule_and_model_version'
        when has_new_rules
        then 'rule'
        when {{ model_moved_it }}
        then 'model_version'
        else 'others'
    end
{% endmacro %}
