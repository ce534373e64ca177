with
    spend as (select * from {{ ref('stg_sales__marketing_spend') }}),

    final as (
        select
            spend_date,
            online_spend_usd,
            offline_spend_usd,
            cast(online_spend_usd + offline_spend_usd as decimal(18, 2)) as marketing_spend_usd
        from spend
    )

select *
from final
