with
    tests as (select * from {{ ref('stg_sales__lift_tests') }}),

    final as (
        select channel, from_date, to_date, spend_change_usd, revenue_change_usd, revenue_change_error_usd
        from tests
    )

select *
from final
