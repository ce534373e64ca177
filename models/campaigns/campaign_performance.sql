with
    responses as (select * from {{ ref('campaign_responses') }}),

    totals as (
        select
            campaign_channel,
            campaign_type,
            cast(count(*) as bigint) as customers,
            cast(sum(case when has_converted then 1 else 0 end) as bigint) as conversions,
            cast(sum(ad_spend_usd) as decimal(38, 2)) as ad_spend_usd
        from responses
        group by campaign_channel, campaign_type
    ),

    rates as (
        select
            *,
            cast(conversions as double) / customers as conversion_rate,
            {{ wilson_low('conversions', 'customers') }} as conversion_rate_low,
            {{ wilson_high('conversions', 'customers') }} as conversion_rate_high,
            -- Without a conversion there is no cost of one: null, neither zero nor infinite.
            case when conversions > 0 then cast(ad_spend_usd as double) / customers end as spend_per_customer
        from totals
    ),

    final as (
        select
            campaign_channel,
            campaign_type,
            customers,
            conversions,
            conversion_rate,
            conversion_rate_low,
            conversion_rate_high,
            ad_spend_usd,
            cast(ad_spend_usd as double) / nullif(conversions, 0) as cost_per_conversion_usd,
            spend_per_customer / conversion_rate_high as cost_per_conversion_usd_low,
            spend_per_customer / conversion_rate_low as cost_per_conversion_usd_high
        from rates
    )

select *
from final
