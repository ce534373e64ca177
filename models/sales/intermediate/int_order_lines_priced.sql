with
    lines as (select * from {{ ref('stg_sales__order_lines') }}),

    coupons as (select * from {{ ref('stg_sales__coupons') }}),

    taxes as (select * from {{ ref('stg_sales__product_taxes') }}),

    returns as (select * from {{ ref('int_order_line_returns') }}),

    -- What a line says decides on its number; its place in the file only parts lines that say the same.
    numbered as (
        select
            order_id,
            row_number() over (
                partition by order_id
                order by
                    product_sku,
                    customer_id nulls last,
                    unit_price_usd,
                    quantity,
                    coupon_status,
                    product_category,
                    product_description nulls last,
                    source_line
            ) as line_number,
            customer_id,
            -- An invoice has one day and one delivery charge. Should its lines disagree, the first
            -- day and the largest charge count.
            min(order_date) over (partition by order_id) as order_date,
            max(order_delivery_usd) over (partition by order_id) as order_delivery_usd,
            product_sku,
            product_description,
            product_category,
            quantity,
            unit_price_usd,
            coupon_status,
            source_line
        from lines
    ),

    -- A return gives back what was paid: the coupon's day, category and status are those of its sale.
    linked as (
        select
            numbered.*,
            numbered.quantity < 0 as is_return,
            sold.order_id as returned_order_id,
            sold.line_number as returned_line_number,
            coalesce(sold.order_date, numbered.order_date) as coupon_date,
            coalesce(sold.product_category, numbered.product_category) as coupon_category,
            coalesce(sold.coupon_status, numbered.coupon_status) = 'Used' as has_used_coupon
        from numbered
        left join returns on numbered.source_line = returns.source_line
        left join numbered as sold on returns.sold_line = sold.source_line
    ),

    discounted as (
        select
            linked.*,
            coupons.coupon_code,
            cast(coalesce(coupons.discount_share, 0) as decimal(7, 6)) as offered_discount_share,
            cast(
                case
                    when linked.has_used_coupon then coalesce(coupons.discount_share, 0) else 0
                end as decimal(7, 6)
            ) as discount_share,
            cast(coalesce(taxes.tax_rate, 0) as decimal(9, 4)) as tax_rate,
            taxes.product_category is not null as has_tax_rate,
            cast(linked.quantity * linked.unit_price_usd as decimal(18, 2)) as gross_revenue_usd
        from linked
        left join
            coupons
            on extract(month from linked.coupon_date) = coupons.month_of_year
            and linked.coupon_category = coupons.product_category
        left join taxes on linked.product_category = taxes.product_category
    ),

    final as (
        select
            *,
            cast(
                cast(gross_revenue_usd as decimal(20, 2)) * (1 - discount_share) as decimal(18, 6)
            ) as net_revenue_usd
        from discounted
    )

select *
from final
