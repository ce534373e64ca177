with
    behaviour as (select * from {{ ref('customer_monthly_behaviour') }}),

    span as (select min(month) as first_month from behaviour),

    -- From each state a customer either falls dormant or doesn't: one share and its complement.
    steps as (
        select
            behaviour.client_id,
            substr(cast(behaviour.month as {{ dbt.type_string() }}), 1, 7) as period,
            behaviour.previous_state,
            case when behaviour.state = 'dormant' then 1 else 0 end as falls,
            -- A month that the data cut short shows too many as dormant; in the first month of the data
            -- everybody seems new.
            not behaviour.is_partial_month
            and not (
                behaviour.previous_state = 'new'
                and behaviour.month = cast({{ dbt.dateadd('month', 1, 'span.first_month') }} as date)
            ) as is_counted
        from behaviour
        cross join span
        where behaviour.previous_state is not null
    ),

    client_steps as (
        select client_id, period, previous_state, 1 as steps, falls
        from steps
        union all
        select client_id, 'all', previous_state, count(*), sum(falls)
        from steps
        where is_counted
        group by client_id, previous_state
    ),

    -- Steps of one customer go together, so they tell less than as many of different ones. Of these it
    -- would take effective_steps: share * (1 - share) / the share's variance over customers.
    totals as (
        select
            period,
            previous_state,
            count(*) as customers,
            sum(steps) as steps,
            sum(falls) as falls,
            cast(sum(falls) as double) / sum(steps) as fall_rate,
            cast(sum(falls) as double) * sum(steps - falls) as spread,
            sum(falls * falls)
            - 2 * (cast(sum(falls) as double) / sum(steps)) * sum(falls * steps)
            + power(cast(sum(falls) as double) / sum(steps), 2) * sum(steps * steps) as squares
        from client_steps
        group by period, previous_state
    ),

    final as (
        select
            *,
            case
                when spread = 0 or squares <= 0
                then customers
                when spread > squares * steps
                then steps
                else spread / squares
            end as effective_steps
        from totals
    )

select *
from final
