{% set traits = [
    ("value", "net_revenue_usd", "amount", "net_revenue_usd", "net_revenue_usd"),
    ("value", "net_revenue_usd_an_order", "amount", "net_revenue_usd,orders", "net_revenue_usd / orders"),
    ("engagement", "orders", "amount", "orders", "orders"),
    ("engagement", "recency_days", "amount", "recency_days", "recency_days"),
    ("engagement", "order_lines_an_order", "amount", "orders", "cast(order_lines as double) / orders"),
    ("engagement", "quantity_a_line", "amount", "", "cast(quantity as double) / order_lines"),
    ("engagement", "product_categories", "amount", "", "product_categories"),
    ("response", "coupon_line_share", "share", "", "cast(coupon_lines as double) / order_lines"),
    ("response", "discount_share", "share", "", "cast(discount_usd as double) / nullif(cast(gross_revenue_usd as double), 0)"),
] %}

with
    segments as (select * from {{ ref('retail_customer_segments') }}),

    lines as (select * from {{ ref('order_lines') }}),

    -- As in the features of the segments: the day after the last order of anybody.
    as_of as (select {{ dbt.dateadd('day', 1, 'max(order_date)') }} as as_of_date from lines),

    by_category as (
        select customer_id, product_category, sum(net_revenue_usd) as net_revenue_usd
        from lines
        group by customer_id, product_category
    ),

    customers as (
        select
            lines.customer_id,
            count(distinct lines.order_id) as orders,
            count(*) as order_lines,
            count(distinct lines.product_category) as product_categories,
            count(case when lines.coupon_status = 'Used' then 1 end) as coupon_lines,
            sum(lines.quantity) as quantity,
            sum(lines.gross_revenue_usd) as gross_revenue_usd,
            sum(lines.discount_usd) as discount_usd,
            sum(lines.net_revenue_usd) as net_revenue_usd,
            min(
                {{ dbt.datediff('lines.order_date', 'cast(as_of.as_of_date as date)', 'day') }}
            ) as recency_days
        from lines
        cross join as_of
        group by lines.customer_id
    ),

    categories as (select distinct product_category from by_category),

    trait_values as (
        select *
        from {{ ref('int_retail_person_traits') }}
        union all
        {{ trait_rows('customers', 'customer_id', traits) }}
        union all
        select
            customers.customer_id,
            'spending_mix',
            'revenue_share: ' || categories.product_category,
            'share',
            '',
            coalesce(cast(by_category.net_revenue_usd as double), 0)
            / cast(customers.net_revenue_usd as double)
        from customers
        cross join categories
        left join
            by_category
            on customers.customer_id = by_category.customer_id
            and categories.product_category = by_category.product_category
        where customers.net_revenue_usd > 0
    ),

    final as ({{ segment_totals('trait_values', 'segments', 'customer_id') }})

select *
from final
