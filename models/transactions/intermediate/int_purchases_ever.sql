with
    cut_offs as (select cut_off from {{ ref('int_preference_cutoffs') }}),

    monthly as (select * from {{ ref('customer_monthly_spending') }} where purchases > 0),

    months as (select distinct month from monthly),

    next_cut_offs as (
        select months.month, min(cut_offs.cut_off) as cut_off
        from months
        inner join cut_offs on months.month < cut_offs.cut_off
        group by months.month
    ),

    -- Months are summed up to the next cut-off, and these sums over cut-offs: each month is read once.
    since_last_cut_off as (
        select
            next_cut_offs.cut_off,
            monthly.client_id,
            monthly.spending_group,
            sum(monthly.purchases) as purchases,
            sum(monthly.purchases_usd) as purchases_usd,
            max(monthly.month) as last_month
        from monthly
        inner join next_cut_offs on monthly.month = next_cut_offs.month
        group by next_cut_offs.cut_off, monthly.client_id, monthly.spending_group
    ),

    final as (
        select
            cut_offs.cut_off,
            since_last_cut_off.client_id,
            since_last_cut_off.spending_group,
            sum(since_last_cut_off.purchases) as purchases_ever,
            sum(since_last_cut_off.purchases_usd) as purchases_usd_ever,
            max(since_last_cut_off.last_month) as last_month
        from since_last_cut_off
        inner join cut_offs on since_last_cut_off.cut_off <= cut_offs.cut_off
        group by cut_offs.cut_off, since_last_cut_off.client_id, since_last_cut_off.spending_group
    )

select *
from final
