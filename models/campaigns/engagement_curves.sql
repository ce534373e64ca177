with
    scores as (select * from {{ ref('engagement_curves_score') }}),

    final as (
        select
            cast(outcome as {{ dbt.type_string() }}) as outcome,
            cast(feature as {{ dbt.type_string() }}) as feature,
            cast(position as integer) as position,
            cast(level as {{ dbt.type_string() }}) as level,
            cast(number as double) as number,
            cast(predicted as double) as predicted,
            cast(predicted_low as double) as predicted_low,
            cast(predicted_high as double) as predicted_high,
            cast(is_distinguishable_from_noise as boolean) as is_distinguishable_from_noise,
            cast(customers as bigint) as customers,
            cast(verdict as {{ dbt.type_string() }}) as verdict,
            cast(model_version as bigint) as model_version
        from scores
    )

select *
from final
