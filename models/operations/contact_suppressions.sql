{{ depends_on_raw_seeds() }}
with
    entries as ({{ contact_entries() }}),

    objections as (select distinct domain, subject_id from entries where purpose = 'profiling'),

    blocked as (
        select entries.domain, entries.subject_id, entries.until_date
        from entries
        left join
            objections on entries.domain = objections.domain and entries.subject_id = objections.subject_id
        where
            objections.subject_id is null
            and (entries.purpose = 'contact' or (entries.purpose = 'marketing' and entries.channel = 'all'))
    ),

    -- An entry without a last day holds for ever, whatever the others say.
    final as (
        select
            cast(domain as {{ dbt.type_string() }}) as domain,
            cast(subject_id as bigint) as subject_id,
            cast(case when count(until_date) = count(*) then max(until_date) end as date) as until_date
        from blocked
        group by domain, subject_id
    )

select *
from final
