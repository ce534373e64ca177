with
    monthly as (select * from {{ ref('customer_monthly_spending') }}),

    with_first_month as (
        select
            *,
            min(case when purchases > 0 then month end) over (
                partition by client_id, spending_group
            ) as entered_month
        from monthly
    ),

    final as (
        select
            client_id,
            month,
            sum(purchases) as purchases,
            sum(refunds) as refunds,
            sum(online_transactions) as online_transactions,
            sum(purchases_usd) as purchases_usd,
            count(case when purchases > 0 then 1 end) as spending_groups,
            count(case when month = entered_month then 1 end) as new_spending_groups,
            max(last_transacted_at) as last_transacted_at
        from with_first_month
        group by client_id, month
    )

select *
from final
