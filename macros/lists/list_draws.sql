{#- The newest lot that published lists drew for each subject, and until when it holds: `log` is the history of the
    lists, `outcome_days` the var that says how long after a list its outcome is judged, `offered` the column of the log
    that says what the list offered. A list is valid for a week. Of who objects to profiling nothing holds. -#}
{% macro list_draws(log, id, offered, outcome_days) %}
    with
        lists as (
            select * from {{ log }} where not is_carried_over and {{ may_be_profiled(id, own_population()) }}
        ),

        numbered as (
            select *, row_number() over (partition by {{ id }} order by publication desc) as recency
            from lists
        ),

        final as (
            select
                {{ id }},
                publication,
                listed_at,
                {{ offered }},
                is_held_out,
                {{ dbt.datediff('listed_at', as_of_date(), 'day') }} < 7 as is_list_valid,
                cast(
                    {{ dbt.dateadd('day', stated_days(outcome_days), 'cast(listed_at as date)') }} as date
                ) as outcome_date
            from numbered
            where recency = 1
        )

    select *
    from final
{% endmacro %}
