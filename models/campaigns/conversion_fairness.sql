with
    fairness as (select * from {{ ref('conversion_fairness_score') }}),

    final as (
        select cast(moment as {{ dbt.type_string() }}) as moment, {{ fairness_columns() }} from fairness
    )

select *
from final
