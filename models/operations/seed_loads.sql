{{ depends_on_raw_seeds() }}
with
    loads as (select * from {{ source('operations_private', 'seed_load_log') }}),

    final as (
        select
            domain,
            seed_name,
            file,
            rows_read,
            rows_loaded,
            rows_rejected,
            bytes,
            fingerprint,
            seconds,
            is_refused,
            loaded_at
        from loads
    )

select *
from final
