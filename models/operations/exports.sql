{{ depends_on_raw_seeds() }}
with
    exports as (select * from {{ source('operations_private', 'export_log') }}),

    final as (select {{ as_contracted() }} from exports)

select *
from final
