-- Net revenue, worked out again from the raw files in one sum; a return counts by the coupon of its sale. A
-- rounded line is off by half a millionth at most.
with
    raw_coupons as (
        select
            month as month_of_year,
            trim(product_category) as product_category,
            max(discount_pct) as discount_pct
        from {{ ref('raw_coupons') }}
        group by 1, 2
    ),

    raw_totals as (
        select
            count(*) as order_lines,
            sum(
                cast(sold.quantity as double)
                * cast(sold.avg_price as double)
                * case
                    when trim(coalesce(first_sold.coupon_status, sold.coupon_status)) = 'Used'
                    then 1 - coalesce(cast(coupons.discount_pct as double), 0) / 100
                    else 1
                end
            ) as net_revenue_usd
        from {{ ref('raw_order_lines') }} as sold
        left join {{ ref('int_order_line_returns') }} as returns on sold.source_line = returns.source_line
        left join {{ ref('raw_order_lines') }} as first_sold on returns.sold_line = first_sold.source_line
        inner join
            {{ ref('orders') }} as orders
            on coalesce(first_sold.transaction_id, sold.transaction_id) = orders.order_id
        left join
            raw_coupons as coupons
            on extract(month from orders.order_date) = coupons.month_of_year
            and trim(coalesce(first_sold.product_category, sold.product_category)) = coupons.product_category
    ),

    mart_totals as (
        select cast(sum(net_revenue_usd) as double) as net_revenue_usd from {{ ref('order_lines') }}
    )

select raw_totals.*, mart_totals.*
from raw_totals
cross join mart_totals
where
    abs(coalesce(raw_totals.net_revenue_usd, 0) - coalesce(mart_totals.net_revenue_usd, 0))
    > 0.0000005 * raw_totals.order_lines + 0.001
