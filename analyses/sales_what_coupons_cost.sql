-- What do coupons cost in each category, and do lines with a used coupon hold more pieces?
--
-- Descriptive: who uses a coupon wasn't drawn by lot, and a few bulk orders move the mean of a
-- small category. Lines are those that were bought; what came back isn't looked at.
--
-- Real file: used coupons took 310,772 dollars off, 6.7 % of gross revenue where one is offered and
-- all in all; 55 % of that is Nest-USA. A coupon is used on about a third of the lines in nearly
-- every category. Lines with one hold more pieces in 6 of the 16 categories, fewer in 9, as many in
-- Nest-USA: whether coupons make orders larger can't be told from this.
with
    lines as (select * from {{ ref('order_lines') }}),

    bought as (select * from lines where not is_return),

    categories as (
        select
            product_category,
            count(*) as order_lines,
            sum(case when coupon_status = 'Used' then 1 else 0 end) as coupon_lines,
            sum(discount_usd) as discount_usd,
            sum(gross_revenue_usd) as gross_revenue_usd,
            sum(case when coupon_status = 'Used' then quantity else 0 end) as coupon_quantity,
            sum(case when coupon_status <> 'Used' then quantity else 0 end) as other_quantity
        from bought
        where offered_discount_share > 0
        group by product_category
    )

select
    product_category,
    order_lines,
    round(cast(coupon_lines as double) / order_lines, 3) as coupon_line_share,
    round(discount_usd, 0) as discount_usd,
    round(cast(discount_usd as double) / cast(gross_revenue_usd as double), 3) as discount_share_of_gross,
    round(cast(coupon_quantity as double) / nullif(coupon_lines, 0), 2) as quantity_with_coupon,
    round(cast(other_quantity as double) / nullif(order_lines - coupon_lines, 0), 2) as quantity_without
from categories
order by discount_usd desc
