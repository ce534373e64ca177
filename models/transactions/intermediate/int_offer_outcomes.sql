with
    outcomes as (
        select *
        from {{ ref('stg_transactions__offer_outcomes') }}
        where {{ may_be_profiled('client_id', 'bank_customers') }}
    ),

    lists as (
        select * from {{ source('transactions_private', 'next_best_offer_log') }} where not is_carried_over
    ),

    -- The newest list before the offer on which the client was what the row says.
    matched as (
        select
            outcomes.source_line,
            lists.*,
            row_number() over (
                partition by outcomes.source_line
                order by
                    case when lists.is_held_out = outcomes.is_treated then 1 else 0 end,
                    lists.publication desc
            ) as place
        from outcomes
        inner join
            lists
            on outcomes.client_id = lists.client_id
            and outcomes.product = lists.product
            and cast(lists.listed_at as date)
            <= coalesce(outcomes.offered_date, cast(lists.listed_at as date))
    ),

    final as (
        select
            outcomes.source_line,
            outcomes.client_id,
            outcomes.product,
            outcomes.is_treated,
            outcomes.offered_date,
            outcomes.has_accepted,
            matched.publication,
            matched.is_held_out,
            matched.holdout_share,
            matched.age_years,
            matched.yearly_income_usd,
            matched.credit_score,
            matched.score
        from outcomes
        left join matched on outcomes.source_line = matched.source_line and matched.place = 1
    )

select *
from final
