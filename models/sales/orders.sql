with
    lines as (select * from {{ ref('order_lines') }}),

    customer_shares as (
        select
            order_id,
            customer_id,
            max(case when has_known_customer then 1 else 0 end) as known,
            sum(net_revenue_usd) as net_revenue_usd
        from lines
        group by order_id, customer_id
    ),

    -- The customer with the largest net revenue in the order; of equals the one with the lowest id. Lines
    -- without a customer count last.
    ranked as (
        select
            order_id,
            customer_id,
            known,
            row_number() over (
                partition by order_id
                order by
                    case when customer_id is null then 1 else 0 end, net_revenue_usd desc, customer_id asc
            ) as place,
            count(customer_id) over (partition by order_id) as customers
        from customer_shares
    ),

    totals as (
        select
            order_id,
            min(order_date) as order_date,
            count(*) as order_lines,
            sum(quantity) as quantity,
            sum(case when is_return then 1 else 0 end) as return_lines,
            sum(case when coupon_status = 'Used' and not is_return then 1 else 0 end) as coupon_lines,
            sum(gross_revenue_usd) as gross_revenue_usd,
            -- Rounded to cents once, here, so that what adds up on an invoice adds up.
            round(sum(net_revenue_usd), 2) as net_revenue_usd,
            round(sum(tax_usd), 2) as tax_usd,
            sum(delivery_usd) as delivery_usd
        from lines
        group by order_id
    ),

    final as (
        select
            totals.order_id,
            totals.order_date,
            ranked.customer_id,
            cast(ranked.customers as integer) as customers,
            ranked.customers > 1 as has_several_customers,
            cast(totals.order_lines as integer) as order_lines,
            cast(totals.quantity as bigint) as quantity,
            totals.coupon_lines > 0 as has_used_coupon,
            cast(totals.gross_revenue_usd as decimal(38, 2)) as gross_revenue_usd,
            cast(totals.gross_revenue_usd - totals.net_revenue_usd as decimal(38, 2)) as discount_usd,
            cast(totals.net_revenue_usd as decimal(38, 2)) as net_revenue_usd,
            cast(totals.tax_usd as decimal(38, 2)) as tax_usd,
            cast(totals.delivery_usd as decimal(38, 2)) as delivery_usd,
            cast(
                totals.net_revenue_usd + totals.tax_usd + totals.delivery_usd as decimal(38, 2)
            ) as gross_paid_usd,
            ranked.known = 1 as has_known_customer,
            totals.return_lines = totals.order_lines as is_return,
            cast(totals.return_lines as integer) as return_lines
        from totals
        inner join ranked on totals.order_id = ranked.order_id and ranked.place = 1
    )

select *
from final
