with
    scores as (select * from {{ ref('campaign_kpis_score') }}),

    final as (
        select
            cast(kpi as {{ dbt.type_string() }}) as kpi,
            cast(funnel_step as {{ dbt.type_string() }}) as funnel_step,
            cast(converters as bigint) as converters,
            cast(non_converters as bigint) as non_converters,
            cast(converters_mean as double) as converters_mean,
            cast(non_converters_mean as double) as non_converters_mean,
            cast(difference as double) as difference,
            cast(difference_low as double) as difference_low,
            cast(difference_high as double) as difference_high,
            cast(effect_size as double) as effect_size,
            cast(effect_size_low as double) as effect_size_low,
            cast(effect_size_high as double) as effect_size_high,
            cast(p_value as double) as p_value,
            cast(p_value_corrected as double) as p_value_corrected,
            cast(is_different as boolean) as is_different,
            cast(smallest_detectable_effect_size as double) as smallest_detectable_effect_size,
            cast(threshold as double) as threshold,
            cast(least_fold_threshold as double) as least_fold_threshold,
            cast(greatest_fold_threshold as double) as greatest_fold_threshold,
            cast(is_higher_better as boolean) as is_higher_better,
            cast(sensitivity as double) as sensitivity,
            cast(sensitivity_low as double) as sensitivity_low,
            cast(sensitivity_high as double) as sensitivity_high,
            cast(specificity as double) as specificity,
            cast(specificity_low as double) as specificity_low,
            cast(specificity_high as double) as specificity_high,
            cast(youden_index as double) as youden_index,
            cast(youden_index_low as double) as youden_index_low,
            cast(youden_index_high as double) as youden_index_high,
            cast(has_useful_threshold as boolean) as has_useful_threshold,
            cast(good_from as {{ dbt.type_string() }}) as good_from,
            cast(warning_from as {{ dbt.type_string() }}) as warning_from,
            cast(verdict as {{ dbt.type_string() }}) as verdict,
            cast(model_version as bigint) as model_version
        from scores
    )

select *
from final
