-- The months hold all orders but credit notes, all lines, all customers who bought once as new, all money
-- and all spend.
with
    order_totals as (
        select
            coalesce(sum(case when is_return then 0 else 1 end), 0) as orders,
            coalesce(sum(order_lines), 0) as order_lines,
            coalesce(sum(net_revenue_usd), 0) as net_revenue_usd,
            coalesce(sum(delivery_usd), 0) as delivery_usd,
            coalesce(sum(gross_paid_usd), 0) as gross_paid_usd
        from {{ ref('orders') }}
    ),

    customer_totals as (
        select count(distinct customer_id) as new_customers from {{ ref('order_lines') }} where not is_return
    ),

    spend_totals as (
        select coalesce(sum(marketing_spend_usd), 0) as marketing_spend_usd
        from {{ ref('marketing_spend_daily') }}
    ),

    monthly_totals as (
        select
            coalesce(sum(orders), 0) as orders,
            coalesce(sum(order_lines + return_lines), 0) as order_lines,
            coalesce(sum(new_customers), 0) as new_customers,
            coalesce(sum(net_revenue_usd), 0) as net_revenue_usd,
            coalesce(sum(delivery_usd), 0) as delivery_usd,
            coalesce(sum(gross_paid_usd), 0) as gross_paid_usd,
            coalesce(sum(marketing_spend_usd), 0) as marketing_spend_usd
        from {{ ref('sales_performance_monthly') }}
    )

select monthly_totals.*, order_totals.*, customer_totals.*, spend_totals.*
from monthly_totals
cross join order_totals
cross join customer_totals
cross join spend_totals
where
    monthly_totals.orders <> order_totals.orders
    or monthly_totals.order_lines <> order_totals.order_lines
    or monthly_totals.new_customers <> customer_totals.new_customers
    or monthly_totals.net_revenue_usd <> order_totals.net_revenue_usd
    or monthly_totals.delivery_usd <> order_totals.delivery_usd
    or monthly_totals.gross_paid_usd <> order_totals.gross_paid_usd
    or monthly_totals.marketing_spend_usd <> spend_totals.marketing_spend_usd
