with
    outcomes as (select * from {{ ref('raw_retention_outcomes') }}),

    renamed as (
        select
            customerid as customer_id,
            publication,
            treated as is_treated,
            calledon as called_date,
            lower(trim(coalesce(outcomekind, 'exited'))) as outcome_kind,
            coalesce(
                outcome, case when lower(trim(coalesce(outcomekind, 'exited'))) = 'exited' then exited end
            ) as has_happened,
            source_line
        from outcomes
    )

select *
from renamed
