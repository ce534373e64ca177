-- Lines of one order that name different days or delivery charges: the first day and the largest
-- charge count, which somebody should know.
{{ config(severity='warn') }}

select
    order_id,
    count(distinct order_date) as order_dates,
    count(distinct order_delivery_usd) as delivery_charges
from {{ ref('stg_sales__order_lines') }}
group by order_id
having count(distinct order_date) > 1 or count(distinct order_delivery_usd) > 1
