-- Each month's matrix holds every movement of that month, rates out of a state add up to 1, and groups
-- entered add up month by month.
with
    movements as (
        select
            substr(cast(month as {{ dbt.type_string() }}), 1, 7) as period,
            previous_state,
            state,
            count(*) as movements
        from {{ ref('customer_movements') }}
        where previous_state is not null
        group by substr(cast(month as {{ dbt.type_string() }}), 1, 7), previous_state, state
    ),

    matrix as (select * from {{ ref('customer_movement_matrix') }}),

    lost as (
        select movements.period, movements.previous_state
        from movements
        left join
            matrix
            on movements.period = matrix.period
            and movements.previous_state = matrix.previous_state
            and movements.state = matrix.state
        where coalesce(matrix.movements, 0) <> movements.movements
    ),

    unbalanced as (
        select period, previous_state
        from matrix
        where rate is not null
        group by period, previous_state
        having abs(sum(rate) - 1) > 0.000000001 or sum(movements) <> max(customer_months)
    ),

    entries as (
        select
            *,
            sum(new_spending_groups) over (
                partition by client_id order by month rows between unbounded preceding and current row
            ) as entered
        from {{ ref('customer_monthly_behaviour') }}
    )

select period, previous_state
from lost
union all
select period, previous_state
from unbalanced
union all
select cast(month as {{ dbt.type_string() }}), state
from entries
where entered <> spending_groups_so_far
