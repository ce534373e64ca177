with
    scores as (select * from {{ ref('campaign_impact_score') }}),

    final as (
        select
            cast(dimension as {{ dbt.type_string() }}) as dimension,
            cast(arm as {{ dbt.type_string() }}) as arm,
            cast(against as {{ dbt.type_string() }}) as against,
            cast(customers as bigint) as customers,
            cast(customers_against as bigint) as customers_against,
            cast(conversion_rate as double) as conversion_rate,
            cast(conversion_rate_low as double) as conversion_rate_low,
            cast(conversion_rate_high as double) as conversion_rate_high,
            cast(conversion_rate_against as double) as conversion_rate_against,
            cast(conversion_rate_against_low as double) as conversion_rate_against_low,
            cast(conversion_rate_against_high as double) as conversion_rate_against_high,
            cast(difference as double) as difference,
            cast(difference_low as double) as difference_low,
            cast(difference_high as double) as difference_high,
            cast(difference_joint_low as double) as difference_joint_low,
            cast(difference_joint_high as double) as difference_joint_high,
            cast(p_value as double) as p_value,
            cast(p_value_corrected as double) as p_value_corrected,
            cast(is_distinguishable_from_none as boolean) as is_distinguishable_from_none,
            cast(smallest_detectable_difference as double) as smallest_detectable_difference,
            cast(unadjusted_difference as double) as unadjusted_difference,
            cast(unadjusted_difference_low as double) as unadjusted_difference_low,
            cast(unadjusted_difference_high as double) as unadjusted_difference_high,
            cast(min_propensity as double) as min_propensity,
            cast(raised_propensity_share as double) as raised_propensity_share,
            cast(effective_customers as double) as effective_customers,
            cast(effective_customers_against as double) as effective_customers_against,
            cast(max_smd_before as double) as max_smd_before,
            cast(max_smd_after as double) as max_smd_after,
            cast(least_balanced_feature as {{ dbt.type_string() }}) as least_balanced_feature,
            cast(placebo_difference as double) as placebo_difference,
            cast(placebo_difference_low as double) as placebo_difference_low,
            cast(placebo_difference_high as double) as placebo_difference_high,
            cast(is_placebo_distinguishable_from_none as boolean) as is_placebo_distinguishable_from_none,
            cast(e_value as double) as e_value,
            cast(e_value_of_interval as double) as e_value_of_interval,
            cast(evidence as {{ dbt.type_string() }}) as evidence,
            cast(adjusted_for as {{ dbt.type_string() }}) as adjusted_for,
            cast(verdict as {{ dbt.type_string() }}) as verdict,
            cast(model_version as bigint) as model_version
        from scores
    )

select *
from final
