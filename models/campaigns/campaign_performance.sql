with
    responses as (select * from {{ ref('campaign_responses') }}),

    totals as (
        select
            campaign_channel,
            campaign_type,
            count(*) as customers,
            sum(case when has_converted then 1 else 0 end) as conversions,
            sum(ad_spend_usd) as ad_spend_usd
        from responses
        group by campaign_channel, campaign_type
    ),

    final as (
        select
            campaign_channel,
            campaign_type,
            cast(customers as bigint) as customers,
            cast(conversions as bigint) as conversions,
            cast(conversions as double) / customers as conversion_rate,
            {{ wilson_low('conversions', 'customers') }} as conversion_rate_low,
            {{ wilson_high('conversions', 'customers') }} as conversion_rate_high,
            cast(ad_spend_usd as decimal(18, 2)) as ad_spend_usd,
            -- Without a conversion there is no cost of one: null, neither zero nor infinite.
            cast(ad_spend_usd as double) / nullif(conversions, 0) as cost_per_conversion_usd
        from totals
    )

select *
from final
