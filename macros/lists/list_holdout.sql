{#- Whom a list and the lists before it hold out, and until when, with the plan of today's hold-out: `chosen` are the rows
    of today's choice, `draws` those of `list_draws`, `offered` the column that says what the list offers, `outcome_days`
    a var, `plan` the columns of the choice that describe the hold-out, `if_empty` what is said without any row. -#}
{% macro list_holdout(chosen, draws, id, offered, outcome_days, plan, if_empty) %}
    with
        chosen as (select * from {{ chosen }}),

        draws as (select * from {{ draws }} where is_held_out),

        plan as (
            select
                {% for column in plan %} max({{ column }}) as {{ column }}, {% endfor %} max(message) as message
            from chosen
        ),

        held_out as (
            select
                {{ id }},
                publication,
                cast({{ as_of_date() }} as {{ dbt.type_timestamp() }}) as listed_at,
                cast({{ dbt.dateadd('day', stated_days(outcome_days), as_of_date()) }} as date) as outcome_date,
                {{ offered }}
            from chosen
            where is_held_out and not is_carried_over
            union all
            select {{ id }}, publication, listed_at, outcome_date, {{ offered }}
            from draws
            where is_list_valid or outcome_date > {{ as_of_date() }}
        ),

        explained as (
            select
                held_out.*,
                {% for column in plan %} plan.{{ column }}, {% endfor %}
                coalesce(plan.message, {{ dbt.string_literal(if_empty) }}) as message
            from held_out
            cross join plan
        ),

        final as (select {{ as_contracted() }} from explained)

    select *
    from final
{% endmacro %}
