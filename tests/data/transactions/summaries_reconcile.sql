-- The customers add up to the fact, but for transactions of customers whom the file of customers doesn't
-- have.
with
    fact_totals as (
        select
            count(*) as transactions, sum(amount_usd) as spending_usd, count(distinct client_id) as customers
        from {{ ref('card_transactions') }}
        where has_known_client
    ),

    summary_totals as (
        select
            sum(transactions) as transactions,
            sum(spending_usd) as spending_usd,
            count(case when has_transactions then 1 end) as customers
        from {{ ref('customer_transaction_summaries') }}
    )

select fact_totals.*
from fact_totals
cross join summary_totals
where
    fact_totals.transactions <> summary_totals.transactions
    or fact_totals.spending_usd <> summary_totals.spending_usd
    or fact_totals.customers <> summary_totals.customers
