with
    earlier as (select * from {{ source('transactions_private', 'next_best_offer_log') }}),

    chosen as (select * from {{ ref('next_best_offer_choice_score') }}),

    customers as (select * from {{ ref('bank_customers') }}),

    offers as (select * from {{ ref('int_client_offers') }}),

    today as (
        select
            chosen.publication,
            chosen.client_id,
            cast({{ as_of_date() }} as {{ dbt.type_timestamp() }}) as listed_at,
            chosen.product,
            chosen.is_held_out,
            chosen.is_carried_over,
            chosen.holdout_share,
            customers.age_years,
            customers.yearly_income_usd,
            customers.credit_score,
            customers.debt_to_income,
            offers.score,
            offers.take_up_probability
        from chosen
        inner join customers on chosen.client_id = customers.client_id
        inner join offers on chosen.client_id = offers.client_id and chosen.product = offers.product
    ),

    final as (
        select {{ as_contracted() }}
        from earlier
        union all
        select {{ as_contracted() }}
        from today
    )

select *
from final
