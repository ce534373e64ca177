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

    -- What came back is taken off the money; all else is about what was bought.
    bought as (select * from lines where not is_return),

    by_category as (
        select customer_id, product_category, sum(net_revenue_usd) as net_revenue_usd
        from bought
        group by customer_id, product_category
    ),

    totals as (select customer_id, sum(net_revenue_usd) as net_revenue_usd from lines group by customer_id),

    purchases as (
        select
            bought.customer_id,
            count(distinct bought.order_id) as orders,
            count(*) as order_lines,
            count(distinct bought.product_category) as product_categories,
            count(case when bought.coupon_status = 'Used' then 1 end) as coupon_lines,
            sum(bought.quantity) as quantity,
            sum(bought.gross_revenue_usd) as gross_revenue_usd,
            sum(bought.discount_usd) as discount_usd,
            sum(bought.net_revenue_usd) as bought_usd,
            min(
                {{ dbt.datediff('bought.order_date', 'cast(as_of.as_of_date as date)', 'day') }}
            ) as recency_days
        from bought
        cross join as_of
        group by bought.customer_id
    ),

    customers as (
        select purchases.*, totals.net_revenue_usd
        from purchases
        inner join totals on purchases.customer_id = totals.customer_id
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
            coalesce(cast(by_category.net_revenue_usd as double), 0) / cast(customers.bought_usd as double)
        from customers
        cross join categories
        left join
            by_category
            on customers.customer_id = by_category.customer_id
            and categories.product_category = by_category.product_category
        where customers.bought_usd > 0
    ),

    final as ({{ segment_totals('trait_values', 'segments', 'customer_id') }})

select *
from final
