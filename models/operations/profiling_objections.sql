{{ depends_on_raw_seeds() }}
with
    entries as ({{ contact_entries() }}),

    objections as (select distinct domain, subject_id from entries where purpose = 'profiling'),

    final as (
        select
            cast(domain as {{ dbt.type_string() }}) as domain,
            {{ hashed_subject('subject_id') }} as subject_hash
        from objections
    )

select *
from final
