with
    rates as (select * from {{ ref('int_movement_shares') }}),

    periods as (
        select 'all' as period
        union all
        select distinct period
        from rates
        where period <> 'all'
    ),

    cells as (
        select 'new' as previous_state, 'active' as state
        union all
        select 'new', 'dormant'
        union all
        select 'active', 'active'
        union all
        select 'active', 'dormant'
        union all
        select 'returned', 'active'
        union all
        select 'returned', 'dormant'
        union all
        select 'dormant', 'returned'
        union all
        select 'dormant', 'dormant'
    ),

    filled as (
        select
            periods.period,
            cells.previous_state,
            cells.state,
            coalesce(rates.customers, 0) as customers,
            coalesce(rates.steps, 0) as steps,
            coalesce(
                case when cells.state = 'dormant' then rates.falls else rates.steps - rates.falls end, 0
            ) as movements,
            rates.effective_steps
        from periods
        cross join cells
        left join rates on periods.period = rates.period and cells.previous_state = rates.previous_state
    ),

    final as (
        select
            period,
            previous_state,
            state,
            cast(movements as bigint) as movements,
            cast(steps as bigint) as customer_months,
            cast(customers as bigint) as customers,
            cast(movements as double) / nullif(steps, 0) as rate,
            {{ wilson_low('effective_steps * movements / nullif(steps, 0)', 'effective_steps') }} as rate_low,
            {{ wilson_high('effective_steps * movements / nullif(steps, 0)', 'effective_steps') }}
            as rate_high
        from filled
    )

select *
from final
