with
    chosen as (select * from {{ ref('retention_choice_score') }}),

    draws as (select * from {{ ref('int_retention_draws') }} where is_held_out),

    plan as (
        select
            max(smallest_effect_seen) as smallest_effect_seen,
            max(weeks_until_seen) as weeks_until_seen,
            max(holdout_share) as holdout_share,
            max(message) as message
        from chosen
    ),

    held_out as (
        select
            customer_id,
            publication,
            cast({{ as_of_date() }} as {{ dbt.type_timestamp() }}) as listed_at,
            cast(
                {{ dbt.dateadd('day', stated_days('retention_outcome_days'), as_of_date()) }} as date
            ) as outcome_date,
            action
        from chosen
        where is_held_out and not is_carried_over
        union all
        select customer_id, publication, listed_at, outcome_date, action
        from draws
        where is_list_valid or outcome_date > {{ as_of_date() }}
    ),

    planned as (
        select
            held_out.*,
            plan.holdout_share,
            plan.smallest_effect_seen,
            plan.weeks_until_seen,
            coalesce(
                plan.message, 'The list is empty: no call is worth its cost, or the limits allow none.'
            ) as message
        from held_out
        cross join plan
    ),

    final as (select {{ as_contracted() }} from planned)

select *
from final
