with recursive
    lines as (
        select *, min(order_date) over (partition by order_id) as day from {{ ref('stg_sales__order_lines') }}
    ),

    -- Sales and returns of a product by a customer, each in their order.
    placed as (
        select
            customer_id,
            product_sku,
            day,
            cast(quantity as bigint) as quantity,
            source_line,
            row_number() over (
                partition by customer_id, product_sku, quantity < 0
                order by day, order_id, unit_price_usd, quantity, coupon_status, source_line
            ) as place
        from lines
        where customer_id is not null
    ),

    returned as (select *, - quantity as pieces from placed where quantity < 0),

    sold as (
        select placed.*
        from placed
        inner join
            returned
            on placed.customer_id = returned.customer_id
            and placed.product_sku = returned.product_sku
            and returned.place = 1
        where placed.quantity > 0
    ),

    -- The returns take their turns, all customers and products at once: the latest earlier sale that still
    -- holds as many pieces gives them up.
    turns as (
        select
            customer_id,
            product_sku,
            day,
            place,
            source_line,
            quantity as held,
            cast(0 as bigint) as turn,
            cast(null as bigint) as return_line
        from sold
        union all
        select
            customer_id,
            product_sku,
            day,
            place,
            source_line,
            case when place = latest_place then held - pieces else held end,
            turn + 1,
            case when place = latest_place then returned_line end
        from
            (
                select
                    turns.*,
                    returned.pieces,
                    returned.source_line as returned_line,
                    max(
                        case
                            when turns.day <= returned.day and turns.held >= returned.pieces then turns.place
                        end
                    ) over (partition by turns.customer_id, turns.product_sku) as latest_place
                from turns
                inner join
                    returned
                    on turns.customer_id = returned.customer_id
                    and turns.product_sku = returned.product_sku
                    and turns.turn + 1 = returned.place
            ) as taken
    ),

    final as (
        select return_line as source_line, source_line as sold_line from turns where return_line is not null
    )

select *
from final
