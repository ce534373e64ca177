with
    responses as (select * from {{ ref('int_campaign_responses') }}),

    final as (select customer_id, age_years, income_usd, loyalty_points, previous_purchases from responses)

select *
from final
