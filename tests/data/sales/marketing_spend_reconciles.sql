-- Every dollar of the raw spend file is in the daily table, in its own column.
with
    raw_totals as (
        select
            count(*) as days,
            coalesce(sum(online_spend), 0) as online_spend_usd,
            coalesce(sum(offline_spend), 0) as offline_spend_usd
        from {{ ref('raw_marketing_spend') }}
    ),

    mart_totals as (
        select
            count(*) as days,
            coalesce(sum(online_spend_usd), 0) as online_spend_usd,
            coalesce(sum(offline_spend_usd), 0) as offline_spend_usd,
            coalesce(sum(marketing_spend_usd), 0) as marketing_spend_usd
        from {{ ref('marketing_spend_daily') }}
    )

select raw_totals.*, mart_totals.*
from raw_totals
cross join mart_totals
where
    raw_totals.days <> mart_totals.days
    or raw_totals.online_spend_usd <> mart_totals.online_spend_usd
    or raw_totals.offline_spend_usd <> mart_totals.offline_spend_usd
    or raw_totals.online_spend_usd + raw_totals.offline_spend_usd <> mart_totals.marketing_spend_usd
