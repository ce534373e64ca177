with
    transactions as (select * from {{ ref('card_transactions') }}),

    hours as (
        select
            {{ dbt.date_trunc('hour', 'transacted_at') }} as started_at,
            sum(case when is_refund then 1 else 0 end) as refunds,
            sum(case when has_error then 1 when not has_error then 0 end) as errors,
            count(*) as transactions
        from transactions
        group by {{ dbt.date_trunc('hour', 'transacted_at') }}
    ),

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
