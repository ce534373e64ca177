with
    products as (select * from {{ ref('bank_products') }}),

    renamed as (
        select
            lower(trim(product)) as product,
            trim(description) as description,
            is_credit,
            minimum_age,
            maximum_age,
            trim(age_reason) as age_reason,
            minimum_yearly_income_usd,
            minimum_credit_score,
            maximum_debt_to_income,
            minimum_credit_cards,
            cast(yearly_margin_usd as double) as yearly_margin_usd,
            take_up_rate,
            take_up_rate_low,
            take_up_rate_high
        from products
    )

select *
from renamed
