with
    lines as (select * from {{ ref('int_order_lines_priced') }}),

    customers as (select * from {{ ref('retail_customers') }}),

    -- What came back bears no delivery.
    sold as (select *, case when is_return then 0 else net_revenue_usd end as sold_usd from lines),

    running_totals as (
        select
            *,
            sum(sold_usd) over (
                partition by order_id order by line_number rows between unbounded preceding and current row
            ) as sold_so_far_usd,
            sum(sold_usd) over (partition by order_id) as order_sold_usd,
            count(*) over (partition by order_id) as lines_of_order
        from sold
    ),

    -- How much of the order's revenue lies before and up to a line; of an order without, how many of its
    -- lines.
    portions as (
        select
            *,
            case
                when order_sold_usd = 0
                then cast(line_number - 1 as double) / lines_of_order
                else cast(sold_so_far_usd - sold_usd as double) / cast(order_sold_usd as double)
            end as portion_before,
            case
                when order_sold_usd = 0
                then cast(line_number as double) / lines_of_order
                else cast(sold_so_far_usd as double) / cast(order_sold_usd as double)
            end as portion_up_to
        from running_totals
    ),

    -- Differences of a rounded running total: none is below zero, and they sum to the charge exactly.
    taxed as (
        select
            *,
            cast(cast(net_revenue_usd as decimal(28, 6)) * tax_rate as decimal(18, 6)) as tax_usd,
            cast(
                round(order_delivery_usd * portion_up_to, 6)
                - round(order_delivery_usd * portion_before, 6) as decimal(18, 6)
            ) as delivery_usd
        from portions
    ),

    final as (
        select
            cast(taxed.order_id as {{ dbt.type_string() }})
            || '-'
            || cast(taxed.line_number as {{ dbt.type_string() }}) as order_line_id,
            taxed.order_id,
            cast(taxed.line_number as integer) as line_number,
            -- Of who objects to profiling the money stays, without the customer.
            case
                when {{ may_be_profiled('taxed.customer_id', 'retail_customers') }} then taxed.customer_id
            end as customer_id,
            taxed.order_date,
            taxed.product_sku,
            taxed.product_description,
            taxed.product_category,
            taxed.quantity,
            taxed.unit_price_usd,
            taxed.coupon_status,
            taxed.coupon_code,
            taxed.offered_discount_share,
            taxed.discount_share,
            taxed.gross_revenue_usd,
            cast(taxed.gross_revenue_usd - taxed.net_revenue_usd as decimal(18, 6)) as discount_usd,
            taxed.net_revenue_usd,
            taxed.tax_rate,
            taxed.tax_usd,
            taxed.delivery_usd,
            cast(
                taxed.net_revenue_usd + taxed.tax_usd + taxed.delivery_usd as decimal(18, 6)
            ) as gross_paid_usd,
            taxed.has_tax_rate,
            customers.customer_id is not null as has_known_customer,
            taxed.is_return,
            taxed.returned_order_id,
            cast(taxed.returned_order_id as {{ dbt.type_string() }})
            || '-'
            || cast(taxed.returned_line_number as {{ dbt.type_string() }}) as returned_order_line_id
        from taxed
        left join customers on taxed.customer_id = customers.customer_id
    )

select *
from final
