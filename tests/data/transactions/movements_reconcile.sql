-- The movements hold every transaction, and a month is dormant exactly if it has none.
with
    monthly_totals as (select sum(transactions) as transactions from {{ ref('customer_monthly_spending') }}),

    movement_totals as (
        select
            sum(transactions) as transactions,
            count(case when (state = 'dormant') <> (transactions = 0) then 1 end) as contradictions
        from {{ ref('customer_movements') }}
    )

select movement_totals.*
from monthly_totals
cross join movement_totals
where monthly_totals.transactions <> movement_totals.transactions or movement_totals.contradictions > 0
