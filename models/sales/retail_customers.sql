with
    customers as (select * from {{ ref('stg_sales__retail_customers') }}),

    final as (select customer_id, gender, location, tenure_months from customers)

select *
from final
