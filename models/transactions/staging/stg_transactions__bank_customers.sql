with
    customers as (select * from {{ ref('raw_bank_customers') }}),

    renamed as (
        select
            id as client_id,
            current_age as age_years,
            retirement_age as retirement_age_years,
            {{ declared_word('gender', 'gender') }} as gender,
            per_capita_income as per_capita_income_usd,
            yearly_income as yearly_income_usd,
            total_debt as total_debt_usd,
            credit_score,
            num_credit_cards as credit_cards,
            source_line
        from customers
    )

select *
from renamed
