with
    curves as (select * from {{ ref('churn_curves_score') }}),

    final as (select {{ as_contracted() }} from curves)

select *
from final
