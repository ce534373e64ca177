with
    cohorts as (select * from {{ ref('churn_cohorts_score') }}),

    final as (
        select
            cast(group_name as {{ dbt.type_string() }}) as group_name,
            cast(group_value as {{ dbt.type_string() }}) as group_value,
            cast(exits as double) / customers as exit_rate,
            {{ wilson_low('exits', 'customers') }} as exit_rate_low,
            {{ wilson_high('exits', 'customers') }} as exit_rate_high,
            cast(customers as bigint) as customers,
            cast(exits as bigint) as exits,
            cast(survival_10_years as double) as survival_10_years,
            cast(survival_10_years_low as double) as survival_10_years_low,
            cast(survival_10_years_high as double) as survival_10_years_high,
            cast(logrank_statistic as double) as logrank_statistic,
            cast(p_value as double) as p_value,
            cast(p_value_corrected as double) as p_value_corrected,
            cast(is_distinguishable as boolean) as is_distinguishable,
            cast('descriptive' as {{ dbt.type_string() }}) as evidence
        from cohorts
    )

select *
from final
