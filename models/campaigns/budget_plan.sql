with
    rows_of_plan as (select * from {{ ref('budget_plan_score') }}),

    final as (select {{ as_contracted() }} from rows_of_plan)

select *
from final
