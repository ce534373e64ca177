with
    monthly as (select * from {{ ref('customer_monthly_spending') }}),

    active_months as (
        select client_id, month, sum(transactions) as transactions, sum(spending_usd) as spending_usd
        from monthly
        group by client_id, month
    ),

    clients as (select client_id, min(month) as first_month from active_months group by client_id),

    span as (select min(month) as first_month, max(month) as last_month from active_months),

    calendar as (select {{ month_starts('first_month', 'last_month') }} as month from span),

    client_months as (
        select
            clients.client_id,
            calendar.month,
            calendar.month = clients.first_month as is_first_month,
            coalesce(active_months.transactions, 0) as transactions,
            coalesce(active_months.spending_usd, 0) as spending_usd
        from clients
        inner join calendar on clients.first_month <= calendar.month
        left join
            active_months
            on clients.client_id = active_months.client_id
            and calendar.month = active_months.month
    ),

    with_month_before as (
        select *, lag(transactions) over (partition by client_id order by month) as transactions_before
        from client_months
    ),

    states as (
        select
            *,
            case
                when is_first_month
                then 'new'
                when transactions = 0
                then 'dormant'
                when transactions_before = 0
                then 'returned'
                else 'active'
            end as state
        from with_month_before
    ),

    final as (
        select
            client_id,
            month,
            state,
            lag(state) over (partition by client_id order by month) as previous_state,
            cast(transactions as bigint) as transactions,
            cast(spending_usd as decimal(38, 2)) as spending_usd
        from states
    )

select *
from final
