{% set margin = "cast(" ~ var("sales_margin") ~ " as double)" %}

with
    customer_values as (select * from {{ ref('customer_lifetime_values') }} where value_tier is not null),

    segments as (select * from {{ ref('retail_customer_segments') }}),

    valued as (
        select
            segments.segment_name,
            customer_values.value_tier,
            customer_values.expected_value_usd_12_months,
            customer_values.expected_value_usd_12_months_low,
            customer_values.expected_value_usd_12_months_high
        from customer_values
        inner join segments on customer_values.customer_id = segments.customer_id
    ),

    final as (
        select
            segment_name,
            value_tier,
            count(*) as customers,
            {{ margin }} as margin,
            avg(expected_value_usd_12_months) as expected_value_usd,
            {{ margin }} * avg(expected_value_usd_12_months) as highest_bid_usd,
            {{ margin }} * avg(expected_value_usd_12_months_low) as highest_bid_usd_low,
            {{ margin }} * avg(expected_value_usd_12_months_high) as highest_bid_usd_high
        from valued
        group by segment_name, value_tier
    )

select {{ as_contracted() }}
from final
