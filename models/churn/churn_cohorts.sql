with
    cohorts as (select * from {{ ref('churn_cohorts_score') }}),

    rated as (
        select
            *,
            cast(exits as double) / customers as exit_rate,
            {{ wilson_low('exits', 'customers') }} as exit_rate_low,
            {{ wilson_high('exits', 'customers') }} as exit_rate_high,
            'descriptive' as evidence
        from cohorts
    ),

    final as (select {{ as_contracted() }} from rated)

select *
from final
