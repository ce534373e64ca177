with
    chosen as (select * from {{ ref('next_best_offer_choice_score') }}),

    draws as (select * from {{ ref('int_offer_draws') }} where is_held_out),

    plan as (
        select
            max(smallest_effect_seen) as smallest_effect_seen,
            max(holdout_share) as holdout_share,
            max(message) as message
        from chosen
    ),

    held_out as (
        select
            client_id,
            publication,
            cast({{ as_of_date() }} as {{ dbt.type_timestamp() }}) as listed_at,
            cast(
                {{ dbt.dateadd('day', stated_days('offer_outcome_days'), as_of_date()) }} as date
            ) as outcome_date,
            product
        from chosen
        where is_held_out and not is_carried_over
        union all
        select client_id, publication, listed_at, outcome_date, product
        from draws
        where is_list_valid or outcome_date > {{ as_of_date() }}
    ),

    explained as (
        select
            held_out.*,
            plan.holdout_share,
            plan.smallest_effect_seen,
            coalesce(plan.message, 'The list is empty: nobody is eligible and may be contacted.') as message
        from held_out
        cross join plan
    ),

    final as (select {{ as_contracted() }} from explained)

select *
from final
