with
    customers as (select * from {{ ref('churn_customers') }}),

    final as (
        select customer_id, country, gender, age_years, tenure_years, balance, products, is_active, has_exited
        from customers
    )

select *
from final
