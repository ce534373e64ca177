with
    coupons as (select * from {{ ref('raw_coupons') }}),

    renamed as (
        select
            month as month_of_year,
            trim(product_category) as product_category,
            trim(coupon_code) as coupon_code,
            cast(discount_pct / 100 as decimal(7, 6)) as discount_share,
            source_line
        from coupons
    )

select *
from renamed
