with
    customers as (select * from {{ ref('campaign_customers') }}),

    final as (select customer_id, age, income_usd, loyalty_points, previous_purchases from customers)

select *
from final
