with
    transactions as (select * from {{ ref('card_transactions') }}),

    final as (
        select
            {{ dbt.date_trunc('hour', 'transacted_at') }} as started_at,
            sum(case when is_refund then 1 else 0 end) as refunds,
            sum(case when has_error then 1 when not has_error then 0 end) as errors,
            count(*) as transactions
        from transactions
        group by {{ dbt.date_trunc('hour', 'transacted_at') }}
    )

select *
from final
