with
    customers as (select * from {{ ref('bank_customers') }}),

    monthly as (select * from {{ ref('customer_monthly_spending') }}),

    as_of as (select cast(max(last_transacted_at) as date) as as_of_date from monthly),

    totals as (
        select
            client_id,
            sum(transactions) as transactions,
            sum(purchases) as purchases,
            sum(refunds) as refunds,
            sum(online_transactions) as online_transactions,
            sum(transactions_with_errors) as transactions_with_errors,
            sum(purchases_usd) as purchases_usd,
            sum(refunds_usd) as refunds_usd,
            sum(spending_usd) as spending_usd,
            count(distinct month) as active_months,
            count(distinct spending_group) as spending_groups,
            min(first_transacted_at) as first_transacted_at,
            max(last_transacted_at) as last_transacted_at
        from monthly
        group by client_id
    ),

    final as (
        select
            customers.client_id,
            as_of.as_of_date,
            totals.client_id is not null as has_transactions,
            totals.first_transacted_at,
            totals.last_transacted_at,
            cast(
                {{ dbt.datediff('cast(totals.last_transacted_at as date)', 'as_of.as_of_date', 'day') }}
                as integer
            ) as recency_days,
            cast(coalesce(totals.active_months, 0) as integer) as active_months,
            cast(coalesce(totals.spending_groups, 0) as integer) as spending_groups,
            cast(coalesce(totals.transactions, 0) as bigint) as transactions,
            cast(coalesce(totals.purchases, 0) as bigint) as purchases,
            cast(coalesce(totals.refunds, 0) as bigint) as refunds,
            cast(coalesce(totals.online_transactions, 0) as bigint) as online_transactions,
            cast(
                case when totals.client_id is null then 0 else totals.transactions_with_errors end as bigint
            ) as transactions_with_errors,
            cast(coalesce(totals.purchases_usd, 0) as decimal(38, 2)) as purchases_usd,
            cast(coalesce(totals.refunds_usd, 0) as decimal(38, 2)) as refunds_usd,
            cast(coalesce(totals.spending_usd, 0) as decimal(38, 2)) as spending_usd,
            -- Null, not zero: without a transaction nothing is known about these.
            cast(totals.purchases_usd as double) / nullif(totals.purchases, 0) as average_purchase_usd,
            cast(totals.online_transactions as double) / totals.transactions as online_share,
            cast(totals.refunds as double) / totals.transactions as refund_share
        from customers
        left join totals on customers.client_id = totals.client_id
        cross join as_of
    )

select *
from final
