{% set traits = [
    ("size", "customers", "size", "", "1"),
    ("person", "age_years", "amount", "age_years", "age_years"),
    ("person", "female", "rate", "gender", "case when gender = 'Female' then 1 when gender is not null then 0 end"),
    ("value", "yearly_income_usd", "amount", "yearly_income_usd", "yearly_income_usd"),
    ("value", "total_debt_usd", "amount", "total_debt_usd", "total_debt_usd"),
    ("value", "credit_score", "amount", "credit_score", "credit_score"),
    ("value", "credit_cards", "amount", "credit_cards", "credit_cards"),
] %}

with
    customers as (select * from {{ ref('bank_customers') }}),

    final as ({{ trait_rows('customers', 'client_id', traits) }})

select *
from final
