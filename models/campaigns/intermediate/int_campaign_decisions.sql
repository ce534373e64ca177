with
    customers as (select customer_id from {{ ref('stg_campaigns__responses') }}),

    profits as (select * from {{ ref('campaign_profit_score') }}),

    candidates as (select * from {{ ref('int_campaign_candidates') }}),

    actions as (select distinct campaign_type, campaign_channel, spend_level from profits),

    asked as (select customers.*, actions.* from customers cross join actions),

    final as (
        select
            asked.customer_id,
            asked.campaign_type,
            asked.campaign_channel,
            asked.spend_level,
            profits.expected_profit_usd,
            profits.expected_profit_usd is not null as is_known,
            {{ may_be_profiled('asked.customer_id', 'campaign_customers') }} as may_be_profiled,
            {{ may_be_contacted('asked.customer_id', 'campaign_customers', channel='asked.campaign_channel') }}
            as may_be_contacted,
            coalesce(not candidates.may_be_listed, false) as is_paused,
            candidates.customer_id is not null as is_eligible
        from asked
        left join profits using (customer_id, campaign_type, campaign_channel, spend_level)
        left join candidates using (customer_id, campaign_type, campaign_channel, spend_level)
    )

select *
from final
