with
    scores as (select * from {{ ref('campaign_impact_by_segment_score') }}),

    final as (
        select
            cast(dimension as {{ dbt.type_string() }}) as dimension,
            cast(arm as {{ dbt.type_string() }}) as arm,
            cast(grouping as {{ dbt.type_string() }}) as grouping,
            cast(customer_group as {{ dbt.type_string() }}) as customer_group,
            cast(group_rank as integer) as group_rank,
            cast(customers as bigint) as customers,
            cast(customers_with_arm as bigint) as customers_with_arm,
            cast(difference as double) as difference,
            cast(difference_low as double) as difference_low,
            cast(difference_high as double) as difference_high,
            cast(difference_joint_low as double) as difference_joint_low,
            cast(difference_joint_high as double) as difference_joint_high,
            cast(is_distinguishable_from_none as boolean) as is_distinguishable_from_none,
            cast(difference_to_others as double) as difference_to_others,
            cast(difference_to_others_low as double) as difference_to_others_low,
            cast(difference_to_others_high as double) as difference_to_others_high,
            cast(grouping_p_value as double) as grouping_p_value,
            cast(grouping_p_value_corrected as double) as grouping_p_value_corrected,
            cast(is_grouping_distinguishable as boolean) as is_grouping_distinguishable,
            cast(p_value_corrected as double) as p_value_corrected,
            cast(is_different_from_others as boolean) as is_different_from_others,
            cast(smallest_detectable_difference as double) as smallest_detectable_difference,
            cast(n as bigint) as n,
            cast(heterogeneity_slope as double) as heterogeneity_slope,
            cast(heterogeneity_slope_low as double) as heterogeneity_slope_low,
            cast(heterogeneity_slope_high as double) as heterogeneity_slope_high,
            cast(evidence as {{ dbt.type_string() }}) as evidence,
            cast(verdict as {{ dbt.type_string() }}) as verdict,
            cast(model_version as bigint) as model_version
        from scores
    )

select *
from final
