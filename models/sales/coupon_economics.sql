with
    lines as (select * from {{ ref('order_lines') }}),

    -- On which day a customer first bought something of a category without a coupon.
    bought_without as (
        select customer_id, product_category, min(order_date) as first_date
        from lines
        where coupon_status <> 'Used' and not is_return
        group by customer_id, product_category
    ),

    -- Each line counts for its category and for all of them.
    scopes as (
        select 'category' as scope
        union all
        select 'all'
    ),

    marked as (
        select
            case when scopes.scope = 'all' then 'all' else lines.product_category end as product_category,
            lines.gross_revenue_usd,
            lines.discount_usd,
            lines.net_revenue_usd,
            lines.is_return,
            coalesce(lines.discount_share > 0, false) as has_used_coupon,
            coalesce(
                bought_without.first_date < coalesce(sold.order_date, lines.order_date), false
            ) as has_bought_without
        from lines
        cross join scopes
        -- A return is taken from where its sale counts.
        left join lines as sold on lines.returned_order_line_id = sold.order_line_id
        left join
            bought_without
            on lines.customer_id = bought_without.customer_id
            and lines.product_category = bought_without.product_category
    ),

    totals as (
        select
            product_category,
            count(case when not is_return then 1 end) as order_lines,
            count(case when has_used_coupon and not is_return then 1 end) as coupon_lines,
            count(
                case when has_used_coupon and has_bought_without and not is_return then 1 end
            ) as lines_of_buyers_without,
            sum(gross_revenue_usd) as gross_revenue_usd,
            sum(net_revenue_usd) as net_revenue_usd,
            sum(discount_usd) as discount_usd,
            sum(case when has_used_coupon then net_revenue_usd else 0 end) as coupon_net_revenue_usd,
            sum(case when has_bought_without then discount_usd else 0 end) as discount_to_buyers_without_usd
        from marked
        group by product_category
    ),

    final as (
        select
            product_category,
            cast(order_lines as bigint) as order_lines,
            cast(coupon_lines as bigint) as coupon_lines,
            cast(coupon_lines as double) / nullif(order_lines, 0) as coupon_line_share,
            cast(gross_revenue_usd as decimal(38, 2)) as gross_revenue_usd,
            cast(net_revenue_usd as decimal(38, 2)) as net_revenue_usd,
            cast(discount_usd as decimal(38, 2)) as discount_usd,
            cast(coupon_net_revenue_usd as decimal(38, 2)) as coupon_net_revenue_usd,
            cast(discount_usd as double) / nullif(cast(gross_revenue_usd as double), 0) as discount_share,
            cast(lines_of_buyers_without as double) / nullif(coupon_lines, 0) as share_to_buyers_without,
            {{ wilson_low('lines_of_buyers_without', 'coupon_lines') }} as share_to_buyers_without_low,
            {{ wilson_high('lines_of_buyers_without', 'coupon_lines') }} as share_to_buyers_without_high,
            cast(discount_to_buyers_without_usd as decimal(38, 2)) as discount_to_buyers_without_usd
        from totals
    )

select *
from final
