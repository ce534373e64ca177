with
    movements as (select * from {{ ref('customer_movements') }}),

    totals as (select * from {{ ref('int_client_month_totals') }}),

    span as (select cast(max(last_transacted_at) as date) as last_day from totals),

    client_months as (
        select
            movements.*,
            coalesce(totals.purchases, 0) as purchases,
            coalesce(totals.refunds, 0) as refunds,
            totals.online_transactions,
            coalesce(totals.purchases_usd, 0) as purchases_usd,
            coalesce(totals.spending_groups, 0) as spending_groups,
            coalesce(totals.new_spending_groups, 0) as new_spending_groups,
            row_number() over (partition by movements.client_id order by movements.month) as month_number,
            movements.state = 'new'
            or span.last_day
            < cast({{ dbt.last_day('movements.month', 'month') }} as date) as is_partial_month
        from movements
        cross join span
        left join totals on movements.client_id = totals.client_id and movements.month = totals.month
    ),

    with_trend as (
        select
            *,
            sum(new_spending_groups) over life as spending_groups_so_far,
            count(case when state = 'dormant' then 1 end) over life as dormant_months_so_far,
            max(case when state <> 'dormant' then month_number end) over life as last_active_month_number,
            case
                when count(case when not is_partial_month then 1 end) over last_3 = 3
                then cast(sum(spending_usd) over last_3 as double) / 3
            end as spending_usd_3_months,
            case
                when count(case when not is_partial_month then 1 end) over earlier_3 = 3
                then cast(sum(spending_usd) over earlier_3 as double) / 3
            end as spending_usd_3_months_before
        from client_months
        window
            life as (partition by client_id order by month rows between unbounded preceding and current row),
            last_3 as (partition by client_id order by month rows between 2 preceding and current row),
            earlier_3 as (partition by client_id order by month rows between 5 preceding and 3 preceding)
    ),

    final as (
        select
            client_id,
            month,
            cast(month_number as integer) as month_number,
            is_partial_month,
            state,
            previous_state,
            transactions,
            cast(purchases as bigint) as purchases,
            cast(refunds as bigint) as refunds,
            cast(purchases_usd as decimal(38, 2)) as purchases_usd,
            spending_usd,
            cast(online_transactions as double) / nullif(transactions, 0) as online_share,
            cast(spending_groups as integer) as spending_groups,
            cast(new_spending_groups as integer) as new_spending_groups,
            cast(spending_groups_so_far as integer) as spending_groups_so_far,
            cast(month_number - last_active_month_number as integer) as dormant_months_in_a_row,
            cast(dormant_months_so_far as integer) as dormant_months_so_far,
            spending_usd_3_months,
            spending_usd_3_months_before,
            case
                when spending_usd_3_months_before > 0
                then spending_usd_3_months / spending_usd_3_months_before - 1
            end as spending_trend
        from with_trend
    )

select *
from final
