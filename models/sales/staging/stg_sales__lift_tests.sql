with
    tests as (select * from {{ ref('raw_lift_tests') }}),

    renamed as (
        select
            lower(trim(channel)) as channel,
            fromdate as from_date,
            todate as to_date,
            cast(spendchange as double) as spend_change_usd,
            cast(revenuechange as double) as revenue_change_usd,
            cast(standarderror as double) as revenue_change_error_usd
        from tests
    )

select *
from renamed
