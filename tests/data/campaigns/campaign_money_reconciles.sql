-- Every grouping but those by a level of spend, which wants a model, has all customers, conversions and
-- money; contacting
-- everybody earns what all customers earned.
with
    groups as (
        select
            group_name,
            sum(customers) as customers,
            sum(conversions) as conversions,
            sum(ad_spend_usd) as ad_spend_usd,
            sum(profit_usd) as profit_usd
        from {{ ref('campaign_cost_effectiveness') }}
        where group_name not in ('spend_level', 'campaign_plan')
        group by group_name
    ),

    everybody as (select * from groups where group_name = 'all_customers'),

    contacted as (select * from {{ ref('targeting_curve') }} where share_contacted = 1)

select groups.group_name, groups.customers, everybody.customers as expected_customers
from groups
cross join everybody
left join contacted on true
where
    groups.customers <> everybody.customers
    or groups.conversions <> everybody.conversions
    or abs(groups.ad_spend_usd - everybody.ad_spend_usd) > 1e-6 * everybody.ad_spend_usd
    or abs(groups.profit_usd - everybody.profit_usd) > 1e-6 * (1 + abs(everybody.ad_spend_usd))
    or abs(contacted.profit_usd - everybody.profit_usd) > 1e-6 * (1 + abs(everybody.ad_spend_usd))
