{{ depends_on_raw_seeds() }}
with
    publications as (select * from {{ source('operations_private', 'publication_log') }}),

    final as (
        select version, published_at, git_commit, dbt_version, domains_built, domains_kept, key_fingerprint
        from publications
    )

select *
from final
