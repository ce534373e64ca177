-- Every line is a sale of its own, also one that repeats another: a shop may write a line for each
-- piece. But where more than a tenth of them repeat, the file probably holds the same sales twice,
-- and all revenue is too high.
{{ config(severity='warn') }}

with
    distinct_lines as (
        select
            order_id,
            customer_id,
            order_date,
            product_sku,
            product_description,
            product_category,
            quantity,
            unit_price_usd,
            order_delivery_usd,
            coupon_status,
            count(*) as copies
        from {{ ref('stg_sales__order_lines') }}
        group by
            order_id,
            customer_id,
            order_date,
            product_sku,
            product_description,
            product_category,
            quantity,
            unit_price_usd,
            order_delivery_usd,
            coupon_status
    )

select sum(copies) as order_lines, count(*) as distinct_lines
from distinct_lines
having sum(copies) - count(*) > 0.1 * sum(copies)
