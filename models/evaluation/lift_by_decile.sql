with
    registry as (select * from {{ ref('model_registry') }}),

    records as (
        select domain, model_name, model_version, depth, {{ json_records('lift') }} as record from registry
    ),

    final as (
        select
            domain,
            model_name,
            model_version,
            depth,
            {{ json_value('record', 'decile', 'integer') }} as decile,
            {{ json_value('record', 'lift_group', dbt.type_string()) }} as lift_group,
            {{ json_value('record', 'customers', 'bigint') }} as customers,
            {{ json_value('record', 'events', 'bigint') }} as events,
            {{ json_value('record', 'rate', 'double') }} as rate,
            {{ json_value('record', 'rate_low', 'double') }} as rate_low,
            {{ json_value('record', 'rate_high', 'double') }} as rate_high,
            {{ json_value('record', 'lift', 'double') }} as lift,
            {{ json_value('record', 'cumulative_gain', 'double') }} as cumulative_gain
        from records
    )

select *
from final
