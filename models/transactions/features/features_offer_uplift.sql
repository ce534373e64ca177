with
    outcomes as (select * from {{ ref('int_offer_outcomes') }} where has_accepted is not null),

    customers as (select * from {{ ref('bank_customers') }}),

    final as (
        select
            outcomes.source_line,
            outcomes.client_id,
            outcomes.product,
            'accepted' as outcome_kind,
            case
                when outcomes.publication is null then customers.age_years else outcomes.age_years
            end as age_years,
            outcomes.yearly_income_usd,
            outcomes.credit_score,
            outcomes.score,
            outcomes.publication is not null as is_listed,
            outcomes.is_held_out,
            outcomes.holdout_share,
            outcomes.is_treated,
            outcomes.has_accepted as is_good
        from outcomes
        left join customers on outcomes.client_id = customers.client_id
        where outcomes.publication is not null or customers.client_id is not null
    )

select *
from final
