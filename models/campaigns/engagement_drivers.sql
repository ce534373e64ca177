with
    scores as (select * from {{ ref('engagement_drivers_score') }}),

    final as (
        select
            cast(outcome as {{ dbt.type_string() }}) as outcome,
            cast(feature as {{ dbt.type_string() }}) as feature,
            cast(importance as double) as importance,
            cast(importance_low as double) as importance_low,
            cast(importance_high as double) as importance_high,
            cast(importance_rank as integer) as importance_rank,
            cast(is_distinguishable_from_noise as boolean) as is_distinguishable_from_noise,
            cast(smallest_detectable_importance as double) as smallest_detectable_importance,
            cast(held_out_skill as double) as held_out_skill,
            cast(held_out_skill_low as double) as held_out_skill_low,
            cast(held_out_skill_high as double) as held_out_skill_high,
            cast(customers as bigint) as customers,
            cast(verdict as {{ dbt.type_string() }}) as verdict,
            cast(model_version as bigint) as model_version
        from scores
    )

select *
from final
