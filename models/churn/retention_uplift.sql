with
    measured as (select * from {{ ref('retention_uplift_score') }}),

    final as (select {{ as_contracted() }} from measured)

select *
from final
