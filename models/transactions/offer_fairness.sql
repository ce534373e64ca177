with
    compared as (select *, 'descriptive' as evidence from {{ ref('offer_fairness_score') }}),

    final as (select {{ as_contracted() }} from compared)

select *
from final
