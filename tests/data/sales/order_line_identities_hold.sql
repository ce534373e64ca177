-- What was paid is net revenue plus tax plus delivery, and net revenue is gross revenue less
-- discount: to the last digit.
select order_line_id, gross_revenue_usd, discount_usd, net_revenue_usd, tax_usd, delivery_usd, gross_paid_usd
from {{ ref('order_lines') }}
where
    gross_paid_usd <> net_revenue_usd + tax_usd + delivery_usd
    or net_revenue_usd <> gross_revenue_usd - discount_usd
    or delivery_usd < 0
    or discount_usd < 0
