{% set past, future = "filter (where days_before > 0)", "filter (where days_before <= 0)" %}
{% set window = "filter (where days_before between 1 and window_days)" %}
{% set late = "filter (where days_before between 1 and window_days / 2.0)" %}
{% set bought = "filter (where has_bought and days_before > 0)" %}

with
    lines as (select * from {{ ref('order_lines') }}),

    moments as (select * from {{ ref('int_value_moments') }}),

    purchase_days as (
        select
            customer_id,
            order_date,
            count(distinct case when not is_return then order_id end) as orders,
            count(case when not is_return then 1 end) as order_lines,
            count(distinct case when not is_return then product_category end) as product_categories,
            count(case when coupon_status = 'Used' and not is_return then 1 end) as coupon_lines,
            sum(net_revenue_usd) as revenue,
            -- What comes back is subtracted, but a day on which nothing else happened is no order day.
            count(case when not is_return then 1 end) > 0 as has_bought
        from lines
        where customer_id is not null
        group by customer_id, order_date
    ),

    seen as (
        select
            moments.*,
            purchase_days.*,
            {{ dbt.datediff('purchase_days.order_date', 'moments.as_of_date', 'day') }} as days_before
        from moments
        cross join purchase_days
        where purchase_days.order_date < coalesce(moments.known_until, moments.as_of_date)
    ),

    final as (
        select
            customer_id,
            moment,
            as_of_date,
            cast(window_days as integer) as window_days,
            cast({{ dbt.datediff('as_of_date', 'known_until', 'day') }} as integer) as horizon_days,
            cast(max(days_before) {{ bought }} as integer) as age_days,
            cast(
                max(days_before) {{ bought }} - min(days_before) {{ bought }} as integer
            ) as last_order_age_days,
            cast(count(*) {{ bought }} - 1 as integer) as repeat_order_days,
            cast(sum(orders) {{ bought }} as integer) as orders,
            cast(sum(order_lines) {{ bought }} as integer) as order_lines,
            cast(sum(coupon_lines) {{ bought }} as integer) as coupon_lines,
            cast(max(product_categories) {{ bought }} as integer) as product_categories,
            cast(sum(revenue) {{ past }} as double) as net_revenue_usd,
            cast(max(revenue) {{ past }} as double) as largest_day_usd,
            cast(coalesce(sum(cast(has_bought as integer)) {{ window }}, 0) as integer) as window_order_days,
            cast(coalesce(sum(orders) {{ window }}, 0) as integer) as window_orders,
            cast(coalesce(sum(revenue) {{ window }}, 0) as double) as window_revenue_usd,
            cast(coalesce(sum(revenue) {{ late }}, 0) as double) as late_revenue_usd,
            case
                when known_until is not null then coalesce(sum(cast(has_bought as integer)) {{ future }}, 0)
            end as future_order_days,
            case
                when known_until is not null then cast(coalesce(sum(revenue) {{ future }}, 0) as double)
            end as future_revenue_usd
        from seen
        group by customer_id, moment, as_of_date, known_until, window_days
        having count(*) {{ bought }} > 0
    )

select *
from final
