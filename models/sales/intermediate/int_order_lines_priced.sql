with
    lines as (select * from {{ ref('stg_sales__order_lines') }}),

    coupons as (select * from {{ ref('stg_sales__coupons') }}),

    taxes as (select * from {{ ref('stg_sales__product_taxes') }}),

    -- What a line says decides on its number; its place in the file only parts lines that say the same.
    numbered as (
        select
            order_id,
            row_number() over (
                partition by order_id
                order by
                    product_sku,
                    customer_id,
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
            coupon_status
        from lines
    ),

    discounted as (
        select
            numbered.*,
            coupons.coupon_code,
            cast(coalesce(coupons.discount_share, 0) as decimal(7, 6)) as offered_discount_share,
            cast(
                case
                    when numbered.coupon_status = 'Used' then coalesce(coupons.discount_share, 0) else 0
                end as decimal(7, 6)
            ) as discount_share,
            cast(coalesce(taxes.tax_rate, 0) as decimal(9, 4)) as tax_rate,
            taxes.product_category is not null as has_tax_rate,
            cast(numbered.quantity * numbered.unit_price_usd as decimal(18, 2)) as gross_revenue_usd
        from numbered
        left join
            coupons
            on extract(month from numbered.order_date) = coupons.month_of_year
            and numbered.product_category = coupons.product_category
        left join taxes on numbered.product_category = taxes.product_category
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
