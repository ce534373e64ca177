with
    measured as (select * from {{ ref('offer_uplift_score') }}),

    final as (select {{ as_contracted() }} from measured)

select *
from final
