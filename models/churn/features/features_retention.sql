with
    customers as (select * from {{ ref('int_churn_customers') }}),

    features as (
        select
            customer_id,
            country,
            gender,
            age_years,
            tenure_years,
            balance,
            products,
            is_active,
            has_exited,
            arrival_line as source_line
        from customers
    )

select *
from features
