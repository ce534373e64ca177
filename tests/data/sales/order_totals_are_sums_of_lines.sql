-- An order's totals are the sums of its lines, rounded to cents, and its delivery is the raw file's charge,
-- once.
with
    line_totals as (
        select
            order_id,
            count(*) as order_lines,
            count(distinct customer_id) as customers,
            sum(quantity) as quantity,
            sum(net_revenue_usd) as net_revenue_usd,
            sum(gross_paid_usd) as gross_paid_usd
        from {{ ref('order_lines') }}
        group by order_id
    ),

    raw_charges as (
        select transaction_id as order_id, max(delivery_charges) as delivery_usd
        from {{ ref('raw_order_lines') }}
        group by transaction_id
    )

select orders.order_id
from {{ ref('orders') }} as orders
full outer join line_totals on orders.order_id = line_totals.order_id
full outer join raw_charges on line_totals.order_id = raw_charges.order_id
where
    orders.order_id is null
    or line_totals.order_id is null
    or raw_charges.order_id is null
    or orders.order_lines <> line_totals.order_lines
    or orders.customers <> line_totals.customers
    or orders.quantity <> line_totals.quantity
    or abs(orders.net_revenue_usd - line_totals.net_revenue_usd) > 0.005
    or abs(orders.gross_paid_usd - line_totals.gross_paid_usd) > 0.01
    or orders.net_revenue_usd <> orders.gross_revenue_usd - orders.discount_usd
    or orders.gross_paid_usd <> orders.net_revenue_usd + orders.tax_usd + orders.delivery_usd
    or orders.delivery_usd <> raw_charges.delivery_usd
