with
    limits as (select * from {{ ref('limits') }}),

    renamed as (select trim(metric) as metric, minimal, good, suspicious, trim(basis) as basis from limits)

select *
from renamed
