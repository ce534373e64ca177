with
    outcomes as (select * from {{ ref('raw_offer_outcomes') }}),

    renamed as (
        select
            client_id,
            lower(trim(product)) as product,
            offered_at as offered_date,
            offered_at is not null as is_treated,
            accepted as has_accepted,
            source_line
        from outcomes
    )

select *
from renamed
