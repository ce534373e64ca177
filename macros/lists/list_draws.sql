{#- The newest lot that published lists drew for each subject, and until when it holds: `log` is the history of the
    lists, `outcome_days` the var that says how long after a list its outcome is judged, `offered` the column of the log
    that says what the list offered. A list is valid for a week; with `rules` (as in `list_history`) it is said, too,
    whether its offer stays, since they are as they were. Of who objects to profiling nothing holds. -#}
{% macro list_draws(log, id, offered, outcome_days, rules=none) %}
    with
        lists as (
            select * from {{ log }} where not is_carried_over and {{ may_be_profiled(id, own_population()) }}
        ),

        numbered as (
            select *, row_number() over (partition by {{ id }} order by publication desc) as recency
            from lists
        ),

        {% if rules %} rules as ({{ list_rules(rules) }}), {% endif %}

        final as (
            select
                {{ id }},
                publication,
                listed_at,
                {{ offered }},
                is_held_out,
                {{ dbt.datediff('listed_at', as_of_date(), 'day') }} < 7 as is_list_valid,
                {% if rules %}
                    {{ dbt.datediff('listed_at', as_of_date(), 'day') }} < 7
                    and coalesce(numbered.rules_fingerprint = rules.fingerprint, false) as keeps_offer,
                {% endif %}
                cast(
                    {{ dbt.dateadd('day', stated_days(outcome_days), 'cast(listed_at as date)') }} as date
                ) as outcome_date
            from numbered {% if rules %} cross join rules {% endif %}
            where recency = 1
        )

    select *
    from final
{% endmacro %}
