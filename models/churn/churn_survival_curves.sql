with
    curves as (select * from {{ ref('churn_curves_score') }}),

    final as (
        select
            cast(group_name as {{ dbt.type_string() }}) as group_name,
            cast(group_value as {{ dbt.type_string() }}) as group_value,
            cast(year as integer) as year,
            cast(at_risk as bigint) as at_risk,
            cast(survival as double) as survival,
            cast(survival_low as double) as survival_low,
            cast(survival_high as double) as survival_high
        from curves
    )

select *
from final
