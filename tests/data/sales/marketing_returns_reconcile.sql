-- Net revenue by month, by channel and by coupon category (rounded to cents) is that of the order lines;
-- spend by month and by channel is that of the days.
with
    lines as (
        select
            cast(coalesce(sum(net_revenue_usd), 0) as double) as net_revenue_usd,
            cast(coalesce(sum(discount_usd), 0) as double) as discount_usd,
            0.01 + 0.005 * count(distinct product_category) as cents
        from {{ ref('order_lines') }}
    ),

    spend as (
        select cast(coalesce(sum(marketing_spend_usd), 0) as double) as spend_usd
        from {{ ref('marketing_spend_daily') }}
    ),

    found as (
        select
            'month' as what,
            sum(net_revenue_usd) as net_revenue_usd,
            sum(marketing_spend_usd) as spend_usd,
            null as discount_usd
        from {{ ref('marketing_roi_monthly') }}
        union all
        select 'all channels', sum(net_revenue_usd), sum(spend_usd), null
        from {{ ref('marketing_roi_by_channel') }}
        where channel = 'all'
        union all
        select 'channels', sum(net_revenue_usd), sum(spend_usd), null
        from {{ ref('marketing_roi_by_channel') }}
        where channel <> 'all'
        union all
        select 'category', sum(net_revenue_usd), null, sum(discount_usd)
        from {{ ref('coupon_economics') }}
        where product_category <> 'all'
    )

select found.*, lines.net_revenue_usd as revenue_of_lines_usd
from found
cross join lines
cross join spend
where
    abs(cast(found.net_revenue_usd as double) - lines.net_revenue_usd) > lines.cents
    or abs(cast(found.spend_usd as double) - spend.spend_usd) > lines.cents
    or abs(cast(found.discount_usd as double) - lines.discount_usd) > lines.cents
