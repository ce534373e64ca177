-- The months hold all orders but credit notes, all customers who bought once as new, all spend, and all
-- money of
-- lines and invoices, but for the half cent to which a month or an invoice is rounded.
with
    order_totals as (
        select
            coalesce(sum(case when is_return then 0 else 1 end), 0) as orders,
            0.005 * count(*) as invoice_cents,
            coalesce(sum(net_revenue_usd), 0) as invoiced_usd
        from {{ ref('orders') }}
    ),

    line_totals as (
        select
            count(*) as order_lines,
            count(distinct case when not is_return then customer_id end) as new_customers,
            coalesce(sum(net_revenue_usd), 0) as net_revenue_usd,
            coalesce(sum(discount_usd), 0) as discount_usd,
            coalesce(sum(tax_usd), 0) as tax_usd,
            coalesce(sum(delivery_usd), 0) as delivery_usd,
            coalesce(sum(gross_paid_usd), 0) as gross_paid_usd
        from {{ ref('order_lines') }}
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
            coalesce(sum(discount_usd), 0) as discount_usd,
            coalesce(sum(tax_usd), 0) as tax_usd,
            coalesce(sum(delivery_usd), 0) as delivery_usd,
            coalesce(sum(gross_paid_usd), 0) as gross_paid_usd,
            coalesce(sum(marketing_spend_usd), 0) as marketing_spend_usd,
            0.005 * count(*) as cents
        from {{ ref('sales_performance_monthly') }}
    )

select monthly_totals.*, order_totals.*, line_totals.*, spend_totals.*
from monthly_totals
cross join order_totals
cross join line_totals
cross join spend_totals
where
    monthly_totals.orders <> order_totals.orders
    or monthly_totals.order_lines <> line_totals.order_lines
    or monthly_totals.new_customers <> line_totals.new_customers
    or abs(monthly_totals.net_revenue_usd - line_totals.net_revenue_usd) > monthly_totals.cents
    or abs(monthly_totals.net_revenue_usd - order_totals.invoiced_usd)
    > monthly_totals.cents + order_totals.invoice_cents
    or abs(monthly_totals.discount_usd - line_totals.discount_usd) > monthly_totals.cents
    or abs(monthly_totals.tax_usd - line_totals.tax_usd) > monthly_totals.cents
    or abs(monthly_totals.delivery_usd - line_totals.delivery_usd) > monthly_totals.cents
    or abs(monthly_totals.gross_paid_usd - line_totals.gross_paid_usd) > monthly_totals.cents
    or monthly_totals.marketing_spend_usd <> spend_totals.marketing_spend_usd
