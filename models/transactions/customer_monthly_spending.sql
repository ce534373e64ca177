with
    transactions as (select * from {{ ref('card_transactions') }}),

    totals as (
        select
            client_id,
            cast({{ dbt.date_trunc('month', 'transacted_at') }} as date) as month,
            spending_group,
            count(*) as transactions,
            count(case when is_refund then 1 end) as refunds,
            count(case when is_online then 1 end) as online_transactions,
            -- Not count(): where nothing is known of errors, neither is their number.
            sum(case when has_error then 1 when not has_error then 0 end) as transactions_with_errors,
            sum(amount_usd) as spending_usd,
            sum(case when is_refund then - amount_usd else 0 end) as refunds_usd,
            min(transacted_at) as first_transacted_at,
            max(transacted_at) as last_transacted_at
        from transactions
        group by 1, 2, 3
    ),

    final as (
        select
            client_id,
            month,
            spending_group,
            transactions,
            transactions - refunds as purchases,
            refunds,
            online_transactions,
            cast(transactions_with_errors as bigint) as transactions_with_errors,
            cast(spending_usd + refunds_usd as decimal(38, 2)) as purchases_usd,
            cast(refunds_usd as decimal(38, 2)) as refunds_usd,
            cast(spending_usd as decimal(38, 2)) as spending_usd,
            cast(online_transactions as double) / transactions as online_share,
            first_transacted_at,
            last_transacted_at
        from totals
    )

select *
from final
