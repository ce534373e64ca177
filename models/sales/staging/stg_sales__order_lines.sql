with
    lines as (select * from {{ ref('raw_order_lines') }}),

    renamed as (
        select
            transaction_id as order_id,
            customerid as customer_id,
            transaction_date as order_date,
            trim(product_sku) as product_sku,
            trim(product_description) as product_description,
            trim(product_category) as product_category,
            quantity,
            avg_price as unit_price_usd,
            delivery_charges as order_delivery_usd,
            trim(coupon_status) as coupon_status,
            source_line
        from lines
    )

select *
from renamed
