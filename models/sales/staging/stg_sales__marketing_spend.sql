with
    spend as (select * from {{ ref('raw_marketing_spend') }}),

    renamed as (
        select
            date as spend_date,
            online_spend as online_spend_usd,
            offline_spend as offline_spend_usd,
            source_line
        from spend
    )

select *
from renamed
