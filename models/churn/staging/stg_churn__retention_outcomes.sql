with
    outcomes as (select * from {{ ref('raw_retention_outcomes') }}),

    renamed as (
        select customerid as customer_id, treated as is_treated, exited as has_exited, source_line
        from outcomes
    )

select *
from renamed
