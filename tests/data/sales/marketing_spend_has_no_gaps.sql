-- Months in which orders fell on days that the spend file doesn't know: their revenue per marketing
-- dollar is too high.
{{ config(severity='warn') }}

select orders.order_date, count(*) as orders
from {{ ref('orders') }} as orders
left join {{ ref('marketing_spend_daily') }} as spend on orders.order_date = spend.spend_date
where spend.spend_date is null
group by orders.order_date
