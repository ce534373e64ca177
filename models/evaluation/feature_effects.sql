with
    effects as ({{ fit_table(ref('model_registry'), 'effects', every_version=true) }}),

    final as (
        select
            domain,
            model_name,
            model_version,
            depth,
            feature,
            kind,
            value,
            value_low,
            value_high,
            case
                when kind in ('hazard_ratio', 'odds_ratio')
                then value_low > 1 or value_high < 1
                else value_low > 0 or value_high < 0
            end as is_distinguishable,
            case
                when kind in ('standardised_log_odds', 'hazard_ratio', 'odds_ratio')
                then 'adjusted'
                when kind in ('permutation_importance', 'scorecard_points', 'engagement_points')
                then 'descriptive'
            end as evidence
        from effects
    )

select *
from final
