{{ depends_on_raw_seeds() }}
with
    files as (select * from {{ source('operations_private', 'publication_file_log') }}),

    final as (
        select version, domain, seed_name, file, rows_read, rows_loaded, rows_rejected, fingerprint from files
    )

select *
from final
