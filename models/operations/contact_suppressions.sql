{{ depends_on_raw_seeds() }}
with
    entries as ({{ contact_entries() }}),

    -- An entry without a last day holds for ever, whatever the others say.
    final as (
        select
            cast(domain as {{ dbt.type_string() }}) as domain,
            cast(subject_id as bigint) as subject_id,
            cast(case when count(until_date) = count(*) then max(until_date) end as date) as until_date
        from entries
        group by domain, subject_id
    )

select *
from final
