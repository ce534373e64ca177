with
    registry as (select * from {{ ref('model_registry') }}),

    records as (
        select domain, model_name, model_version, depth, {{ json_records('effects') }} as record from registry
    ),

    effects as (
        select
            domain,
            model_name,
            model_version,
            depth,
            {{ json_value('record', 'feature', dbt.type_string()) }} as feature,
            {{ json_value('record', 'kind', dbt.type_string()) }} as kind,
            {{ json_value('record', 'value', 'double') }} as value,
            {{ json_value('record', 'value_low', 'double') }} as value_low,
            {{ json_value('record', 'value_high', 'double') }} as value_high
        from records
    ),

    final as (
        select
            *,
            case
                when kind in ('standardised_log_odds', 'hazard_ratio', 'odds_ratio')
                then 'adjusted'
                when kind in ('permutation_importance', 'scorecard_points')
                then 'descriptive'
            end as evidence
        from effects
    )

select *
from final
