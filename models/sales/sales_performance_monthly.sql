with
    lines as (select * from {{ ref('order_lines') }}),

    spend as (select * from {{ ref('marketing_spend_daily') }}),

    sales_by_month as (
        select
            cast({{ dbt.date_trunc('month', 'order_date') }} as date) as month,
            count(distinct case when not is_return then order_id end) as orders,
            count(distinct case when not is_return then customer_id end) as customers,
            count(case when not is_return then 1 end) as order_lines,
            count(case when is_return then 1 end) as return_lines,
            sum(quantity) as quantity,
            count(case when coupon_status = 'Used' and not is_return then 1 end) as coupon_lines,
            sum(gross_revenue_usd) as gross_revenue_usd,
            sum(discount_usd) as discount_usd,
            sum(net_revenue_usd) as net_revenue_usd,
            sum(case when is_return then - net_revenue_usd else 0 end) as returned_usd,
            sum(tax_usd) as tax_usd,
            sum(delivery_usd) as delivery_usd,
            sum(gross_paid_usd) as gross_paid_usd
        from lines
        group by 1
    ),

    first_orders as (
        select customer_id, min(order_date) as first_order_date
        from lines
        where customer_id is not null and not is_return
        group by 1
    ),

    new_customers_by_month as (
        select
            cast({{ dbt.date_trunc('month', 'first_order_date') }} as date) as month,
            count(*) as new_customers
        from first_orders
        group by 1
    ),

    spend_by_month as (
        select
            cast({{ dbt.date_trunc('month', 'spend_date') }} as date) as month,
            sum(online_spend_usd) as online_spend_usd,
            sum(offline_spend_usd) as offline_spend_usd,
            sum(marketing_spend_usd) as marketing_spend_usd
        from spend
        group by 1
    ),

    -- A month counts when something was sold or spent in it.
    months as (
        select month
        from sales_by_month
        union distinct
        select month
        from spend_by_month
    ),

    final as (
        select
            months.month,
            cast(coalesce(sold.orders, 0) as bigint) as orders,
            cast(coalesce(sold.customers, 0) as bigint) as customers,
            cast(coalesce(arrived.new_customers, 0) as bigint) as new_customers,
            cast(coalesce(sold.order_lines, 0) as bigint) as order_lines,
            cast(coalesce(sold.quantity, 0) as bigint) as quantity,
            cast(coalesce(sold.gross_revenue_usd, 0) as decimal(38, 2)) as gross_revenue_usd,
            cast(coalesce(sold.discount_usd, 0) as decimal(38, 2)) as discount_usd,
            cast(coalesce(sold.net_revenue_usd, 0) as decimal(38, 2)) as net_revenue_usd,
            cast(coalesce(sold.returned_usd, 0) as decimal(38, 2)) as returned_usd,
            cast(coalesce(sold.tax_usd, 0) as decimal(38, 2)) as tax_usd,
            cast(coalesce(sold.delivery_usd, 0) as decimal(38, 2)) as delivery_usd,
            cast(coalesce(sold.gross_paid_usd, 0) as decimal(38, 2)) as gross_paid_usd,
            cast(sold.coupon_lines as double) / nullif(sold.order_lines, 0) as coupon_line_share,
            cast(sold.net_revenue_usd as double) / nullif(sold.orders, 0) as net_revenue_per_order_usd,
            cast(spent.online_spend_usd as decimal(38, 2)) as online_spend_usd,
            cast(spent.offline_spend_usd as decimal(38, 2)) as offline_spend_usd,
            cast(spent.marketing_spend_usd as decimal(38, 2)) as marketing_spend_usd,
            cast(coalesce(sold.net_revenue_usd, 0) as double)
            / nullif(cast(spent.marketing_spend_usd as double), 0) as net_revenue_per_marketing_usd,
            cast(coalesce(sold.return_lines, 0) as bigint) as return_lines
        from months
        left join sales_by_month as sold on months.month = sold.month
        left join new_customers_by_month as arrived on months.month = arrived.month
        left join spend_by_month as spent on months.month = spent.month
    )

select *
from final
