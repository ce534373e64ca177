-- Days, and below them experiments, so that a new one makes a refit.
with
    lines as (select * from {{ ref('order_lines') }}),

    spend as (select * from {{ ref('marketing_spend_daily') }}),

    lift_tests as (select * from {{ ref('int_lift_tests') }}),

    revenue as (
        select order_date, cast(sum(net_revenue_usd) as double) as net_revenue_usd
        from lines
        group by order_date
    ),

    -- What coupons offered in a month is known before it; each category counts once, however much of it was
    -- sold.
    offers as (
        select distinct
            cast({{ dbt.date_trunc('month', 'order_date') }} as date) as month,
            product_category,
            offered_discount_share
        from lines
        -- A return has the coupon of its sale, perhaps of another month.
        where not is_return
    ),

    offered as (
        select month, cast(avg(offered_discount_share) as double) as offered_discount_share
        from offers
        group by month
    ),

    days as (
        select spend_date as day
        from spend
        union distinct
        select order_date
        from revenue
    ),

    known as (select min(spend_date) as first_day, max(spend_date) as last_day from spend),

    -- Only days of which the spend is known, or lies between such days: then nothing was spent.
    spent_days as (
        select days.day from days cross join known where days.day between known.first_day and known.last_day
    ),

    final as (
        select
            'day' as kind,
            spent_days.day as from_date,
            spent_days.day as to_date,
            'all' as channel,
            cast(coalesce(spend.online_spend_usd, 0) as double) as online_spend_usd,
            cast(coalesce(spend.offline_spend_usd, 0) as double) as offline_spend_usd,
            coalesce(revenue.net_revenue_usd, 0) as net_revenue_usd,
            coalesce(offered.offered_discount_share, 0) as offered_discount_share,
            cast(null as double) as spend_change_usd,
            cast(null as double) as revenue_change_usd,
            cast(null as double) as revenue_change_error_usd
        from spent_days
        left join spend on spent_days.day = spend.spend_date
        left join revenue on spent_days.day = revenue.order_date
        left join offered on cast({{ dbt.date_trunc('month', 'spent_days.day') }} as date) = offered.month
        union all
        select
            'lift_test',
            from_date,
            to_date,
            channel,
            null,
            null,
            null,
            null,
            spend_change_usd,
            revenue_change_usd,
            revenue_change_error_usd
        from lift_tests
    )

select *
from final
