-- From the raw file to the lines nothing is lost or counted twice: lines, pieces, money before
-- discount, and the delivery charge, which counts once an order.
with
    raw_orders as (
        select
            transaction_id,
            count(*) as order_lines,
            sum(quantity) as quantity,
            sum(cast(quantity * avg_price as decimal(18, 2))) as gross_revenue_usd,
            max(delivery_charges) as delivery_usd
        from {{ ref('raw_order_lines') }}
        group by transaction_id
    ),

    raw_totals as (
        select
            coalesce(sum(order_lines), 0) as order_lines,
            coalesce(sum(quantity), 0) as quantity,
            coalesce(sum(gross_revenue_usd), 0) as gross_revenue_usd,
            coalesce(sum(delivery_usd), 0) as delivery_usd
        from raw_orders
    ),

    mart_totals as (
        select
            count(*) as order_lines,
            coalesce(sum(quantity), 0) as quantity,
            coalesce(sum(gross_revenue_usd), 0) as gross_revenue_usd,
            coalesce(sum(delivery_usd), 0) as delivery_usd
        from {{ ref('order_lines') }}
    )

select raw_totals.*, mart_totals.*
from raw_totals
cross join mart_totals
where
    raw_totals.order_lines <> mart_totals.order_lines
    or raw_totals.quantity <> mart_totals.quantity
    or raw_totals.gross_revenue_usd <> mart_totals.gross_revenue_usd
    or raw_totals.delivery_usd <> mart_totals.delivery_usd
