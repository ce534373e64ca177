with
    weeks as (select * from {{ ref('retention_plan_score') }}),

    planned as (select *, {{ dbt.string_literal(var("churn_currency")) }} as currency from weeks),

    final as (select {{ as_contracted() }} from planned)

select *
from final
