-- The months add up to the fact: transactions, refunds and money.
with
    fact_totals as (
        select
            count(*) as transactions,
            count(case when is_refund then 1 end) as refunds,
            count(case when is_online then 1 end) as online_transactions,
            sum(amount_usd) as spending_usd
        from {{ ref('card_transactions') }}
    ),

    monthly_totals as (
        select
            sum(transactions) as transactions,
            sum(refunds) as refunds,
            sum(online_transactions) as online_transactions,
            sum(purchases_usd) - sum(refunds_usd) as spending_usd
        from {{ ref('customer_monthly_spending') }}
    )

select fact_totals.*
from fact_totals
cross join monthly_totals
where
    fact_totals.transactions <> monthly_totals.transactions
    or fact_totals.refunds <> monthly_totals.refunds
    or fact_totals.online_transactions <> monthly_totals.online_transactions
    or fact_totals.spending_usd <> monthly_totals.spending_usd
