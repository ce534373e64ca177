with
    responses as (select * from {{ ref('int_campaign_responses') }}),

    features as (
        select
            customer_id,
            age_years,
            gender,
            income_usd,
            loyalty_points,
            previous_purchases,
            campaign_channel,
            campaign_type,
            ad_spend_usd,
            has_converted,
            arrival_line as source_line
        from responses
    )

select *
from features
