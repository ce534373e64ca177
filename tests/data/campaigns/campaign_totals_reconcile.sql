-- From the raw file to the performance table no customer, conversion or money is lost or counted twice,
-- but for those who object to profiling; each spend is rounded to the cent, so the total may be off by
-- half a cent a customer.
with
    raw_totals as (
        select
            count(*) as customers,
            sum(case when conversion then 1 else 0 end) as conversions,
            sum(adspend) as ad_spend_usd
        from {{ ref('raw_campaign_responses') }}
        where {{ may_be_profiled('customerid', 'campaign_customers') }}
    ),

    mart_totals as (
        select
            sum(customers) as customers,
            sum(conversions) as conversions,
            cast(sum(ad_spend_usd) as double) as ad_spend_usd
        from {{ ref('campaign_performance') }}
    )

select raw_totals.*, mart_totals.*
from raw_totals
cross join mart_totals
where
    raw_totals.customers <> coalesce(mart_totals.customers, 0)
    or raw_totals.conversions <> mart_totals.conversions
    or abs(raw_totals.ad_spend_usd - mart_totals.ad_spend_usd) > 0.005 * raw_totals.customers + 0.001
