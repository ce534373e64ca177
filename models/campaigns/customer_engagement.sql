with
    scores as (select * from {{ ref('customer_engagement_score') }}),

    final as (select {{ as_contracted() }} from scores)

select *
from final
