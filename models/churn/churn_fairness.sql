with
    fairness as (select * from {{ ref('churn_fairness_score') }}),

    final as (select {{ fairness_columns() }} from fairness)

select *
from final
