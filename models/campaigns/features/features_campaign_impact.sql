with
    responses as (select * from {{ ref('campaign_responses') }}),

    segments as (select * from {{ ref('campaign_customer_segments') }}),

    final as (
        select
            responses.customer_id,
            responses.age_years,
            responses.gender,
            responses.income_usd,
            responses.loyalty_points,
            responses.previous_purchases,
            responses.campaign_channel,
            responses.campaign_type,
            responses.ad_spend_usd,
            segments.segment_name,
            responses.has_converted
        from responses
        left join segments on responses.customer_id = segments.customer_id
    )

select *
from final
