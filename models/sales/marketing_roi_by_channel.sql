with
    lines as (select * from {{ ref('order_lines') }}),

    spend as (select * from {{ ref('marketing_spend_daily') }}),

    effects as (select * from {{ ref('marketing_mix_effects') }} where period = 'all'),

    revenue as (
        select
            cast(sum(net_revenue_usd) as double) as net_revenue_usd,
            count(distinct case when not is_return then customer_id end) as customers
        from lines
    ),

    spent as (
        select
            sum(online_spend_usd) as online_spend_usd,
            sum(offline_spend_usd) as offline_spend_usd,
            sum(marketing_spend_usd) as marketing_spend_usd
        from spend
    ),

    brought as (
        select
            sum(case when component in ('online', 'offline') then net_revenue_usd end) as net_revenue_usd,
            max(verdict) as verdict
        from effects
    ),

    channels as (
        select 'online' as channel, online_spend_usd as spend_usd
        from spent
        union all
        select 'offline', offline_spend_usd
        from spent
        union all
        select 'without_marketing', 0
        from spent
        union all
        select 'all', marketing_spend_usd
        from spent
    ),

    final as (
        select
            channels.channel,
            cast(coalesce(channels.spend_usd, 0) as decimal(38, 2)) as spend_usd,
            cast(channels.spend_usd as double)
            / nullif(cast(spent.marketing_spend_usd as double), 0) as spend_share,
            case
                channels.channel
                when 'all'
                then coalesce(revenue.net_revenue_usd, 0)
                when 'without_marketing'
                then revenue.net_revenue_usd - brought.net_revenue_usd
                else effects.net_revenue_usd
            end as net_revenue_usd,
            effects.net_revenue_usd_low,
            effects.net_revenue_usd_high,
            effects.return_per_usd,
            effects.return_per_usd_low,
            effects.return_per_usd_high,
            cast(channels.spend_usd as double) / nullif(revenue.customers, 0) as usd_per_new_customer,
            coalesce(brought.verdict, 'insufficient_data') as verdict
        from channels
        cross join spent
        cross join revenue
        cross join brought
        left join effects on channels.channel = effects.component
    )

select *
from final
