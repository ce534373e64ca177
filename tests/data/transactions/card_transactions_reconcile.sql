-- From the raw file to the fact no transaction and no cent is lost or counted twice, but for those of who
-- objects to profiling.
with
    raw_totals as (
        select count(*) as transactions, sum(amount) as amount_usd
        from {{ ref('raw_card_transactions') }}
        where {{ may_be_profiled('client_id', 'bank_customers') }}
    ),

    fact_totals as (
        select count(*) as transactions, sum(amount_usd) as amount_usd from {{ ref('card_transactions') }}
    )

select raw_totals.*
from raw_totals
cross join fact_totals
where raw_totals.transactions <> fact_totals.transactions or raw_totals.amount_usd <> fact_totals.amount_usd
