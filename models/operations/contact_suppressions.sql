{{ depends_on_raw_seeds() }}
with
    entries as ({{ contact_entries() }}),

    objections as (select domain, subject_id from entries where purpose = 'profiling'),

    blocked as (
        select domain, subject_id, until_date
        from entries
        where purpose = 'contact' or (purpose = 'marketing' and channel = 'all')
    ),

    -- An entry without a last day holds for ever, whatever the others say.
    final as (
        select
            cast(domain as {{ dbt.type_string() }}) as domain,
            cast(subject_id as bigint) as subject_id,
            cast(case when count(until_date) = count(*) then max(until_date) end as date) as until_date
        from blocked
        where (domain, subject_id) not in (select domain, subject_id from objections)
        group by domain, subject_id
    )

select *
from final
