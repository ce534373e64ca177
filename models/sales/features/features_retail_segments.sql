with
    customers as (select * from {{ ref('retail_customers') }}),

    lines as (select * from {{ ref('order_lines') }}),

    -- The day after the last order of anybody: whoever ordered on the last day did so one day before.
    as_of as (select {{ dbt.dateadd('day', 1, 'max(order_date)') }} as as_of_date from lines),

    totals as (
        select
            customer_id,
            max(case when not is_return then order_date end) as last_order_date,
            count(distinct case when not is_return then order_id end) as orders,
            sum(net_revenue_usd) as net_revenue_usd
        from lines
        group by customer_id
    ),

    final as (
        select
            customers.customer_id,
            cast(
                {{ dbt.datediff('totals.last_order_date', 'cast(as_of.as_of_date as date)', 'day') }}
                as integer
            ) as recency_days,
            cast(coalesce(totals.orders, 0) as bigint) as orders,
            cast(coalesce(totals.net_revenue_usd, 0) as double) as net_revenue_usd
        from customers
        cross join as_of
        left join totals on customers.customer_id = totals.customer_id
    )

select *
from final
