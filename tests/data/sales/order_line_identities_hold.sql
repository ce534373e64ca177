-- What was paid is net revenue plus tax plus delivery, and net revenue is gross revenue less
-- discount: to the last digit. Returns, and they alone, bring less than nothing. Each linked one gives back
-- pieces that its customer had bought of the product before, at the discount of that sale; no sale gets
-- more back than it sold.
with
    lines as (select * from {{ ref('order_lines') }}),

    given_back as (
        select returned_order_line_id, sum(quantity) as quantity
        from lines
        where returned_order_line_id is not null
        group by returned_order_line_id
    )

select
    lines.order_line_id,
    lines.returned_order_line_id,
    lines.gross_revenue_usd,
    lines.discount_usd,
    lines.net_revenue_usd,
    lines.tax_usd,
    lines.delivery_usd,
    lines.gross_paid_usd
from lines
left join lines as sold on lines.returned_order_line_id = sold.order_line_id
left join given_back on lines.order_line_id = given_back.returned_order_line_id
where
    lines.gross_paid_usd <> lines.net_revenue_usd + lines.tax_usd + lines.delivery_usd
    or lines.net_revenue_usd <> lines.gross_revenue_usd - lines.discount_usd
    or lines.delivery_usd < 0
    or lines.is_return <> (lines.quantity < 0)
    or case when lines.is_return then -1 else 1 end * lines.discount_usd < 0
    or case when lines.is_return then -1 else 1 end * lines.net_revenue_usd < 0
    or lines.quantity + given_back.quantity < 0
    or (
        lines.returned_order_line_id is not null
        and (
            not lines.is_return
            or sold.order_line_id is null
            or sold.is_return
            or sold.order_id <> lines.returned_order_id
            or sold.customer_id <> lines.customer_id
            or sold.product_sku <> lines.product_sku
            or sold.order_date > lines.order_date
            or sold.discount_share <> lines.discount_share
        )
    )
