with
    registry as (select * from {{ ref('model_registry') }}),

    records as (
        select domain, model_name, model_version, depth, {{ json_records('effects') }} as record from registry
    ),

    final as (
        select
            domain,
            model_name,
            model_version,
            depth,
            {{ json_value('record', 'feature', 'varchar') }} as feature,
            {{ json_value('record', 'kind', 'varchar') }} as kind,
            {{ json_value('record', 'value', 'double') }} as value,
            {{ json_value('record', 'value_low', 'double') }} as value_low,
            {{ json_value('record', 'value_high', 'double') }} as value_high
        from records
    )

select *
from final
