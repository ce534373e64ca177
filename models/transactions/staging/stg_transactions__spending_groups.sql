with
    spending_groups as (select * from {{ ref('spending_groups') }}),

    renamed as (select mcc, trim(spending_group) as spending_group from spending_groups)

select *
from renamed
