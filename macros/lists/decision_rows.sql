{#- Each customer and action of a list with the number of the stage that took it (`decision_stages`, from 0); of those on
    the list one more than the last. -#}
{% macro decision_rows(list, decisions, choice) %}
    select
        '{{ list.domain }}' as domain,
        '{{ list.name }}' as list_name,
        decisions.{{ list.key }} as subject_id,
        concat_ws(', ', decisions.{{ list.actions | join(", decisions.") }}) as action,
        '{{ list.currency }}' as currency,
        coalesce(cast(decisions.{{ list.money }} as double), 0) as expected_money,
        case
            when chosen.{{ list.key }} is not null and not chosen.is_held_out and {{ same_action(list) }}
            then 10
            when not decisions.may_be_profiled
            then 2
            when not decisions.is_known
            then 1
            when not decisions.may_be_contacted
            then 3
            when decisions.is_paused
            then 4
            when not decisions.is_eligible
            then 5
            when coalesce(decisions.{{ list.money }}, 0) <= 0
            then 6
            when chosen.{{ list.key }} is null
            then 7
            when chosen.is_held_out
            then 8
            else 9
        end as stage_number
    from {{ decisions }} as decisions
    left join {{ choice }} as chosen on decisions.{{ list.key }} = chosen.{{ list.key }}
{% endmacro %}
