with
    customers as (select * from {{ ref('int_churn_customers') }}),

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
            cast({{ dbt.string_literal(var("churn_currency")) }} as {{ dbt.type_string() }}) as currency
        from customers
    )

select *
from final
