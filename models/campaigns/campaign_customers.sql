with
    responses as (select * from {{ ref('stg_campaigns__responses') }}),

    final as (select customer_id, age, gender, income_usd, loyalty_points, previous_purchases from responses)

select *
from final
