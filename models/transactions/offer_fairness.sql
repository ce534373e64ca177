with
    compared as (
        select *, 'descriptive' as evidence from {{ ref('offer_selection_score') }} where list_name = 'none'
    ),

    final as (select {{ as_contracted() }} from compared)

select *
from final
