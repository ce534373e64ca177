with
    hours as (select * from {{ ref('int_transaction_hours') }}),

    outcomes as (
        select 'is_refund' as outcome, started_at, refunds as events, transactions
        from hours
        union all
        select 'has_error' as outcome, started_at, errors as events, transactions
        from hours
    ),

    final as (
        select
            outcome,
            row_number() over (partition by outcome order by started_at) as arrival,
            cast(started_at as {{ dbt.type_string() }}) as label,
            cast(events as bigint) as events,
            transactions as trials
        from outcomes
    )

select *
from final
