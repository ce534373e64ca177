with
    limits as (select * from {{ ref('stg_campaigns__limits') }}),

    final as (select metric, minimal, good, suspicious, basis from limits)

select *
from final
