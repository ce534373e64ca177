with
    customers as (select * from {{ ref('churn_customers') }}),

    final as (
        select
            customer_id,
            country,
            gender,
            age_years,
            tenure_years,
            credit_score,
            balance,
            estimated_salary,
            products,
            has_credit_card,
            is_active,
            satisfaction_score,
            card_type,
            card_points,
            has_exited
        from customers
    )

select *
from final
