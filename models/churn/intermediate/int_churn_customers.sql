with
    customers as (
        select *
        from {{ ref('stg_churn__customers') }}
        where {{ may_be_profiled('customer_id', 'churn_customers') }}
    ),

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
            has_complained,
            has_exited,
            publisher_row,
            source_line,
            row_number() over (order by publisher_row, source_line) + 1 as arrival_line
        from customers
    )

select *
from final
