with
    customers as (
        select *
        from {{ ref('stg_transactions__bank_customers') }}
        where {{ may_be_profiled('client_id', 'bank_customers') }}
    ),

    final as (
        select
            client_id,
            age_years,
            retirement_age_years,
            gender,
            per_capita_income_usd,
            yearly_income_usd,
            total_debt_usd,
            cast(total_debt_usd as double) / nullif(cast(yearly_income_usd as double), 0) as debt_to_income,
            credit_score,
            credit_cards
        from customers
    )

select *
from final
