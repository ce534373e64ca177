with
    customers as (
        select *
        from {{ ref('stg_sales__retail_customers') }}
        where {{ may_be_profiled('customer_id', 'retail_customers') }}
    ),

    final as (select customer_id, gender, location, tenure_months from customers)

select *
from final
