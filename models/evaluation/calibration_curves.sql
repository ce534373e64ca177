with
    registry as (select * from {{ ref('model_registry') }}),

    records as (
        select domain, model_name, model_version, depth, {{ json_records('calibration') }} as record
        from registry
    ),

    final as (
        select
            domain,
            model_name,
            model_version,
            depth,
            {{ json_value('record', 'split', dbt.type_string()) }} as split,
            {{ json_value('record', 'bin', 'integer') }} as bin,
            {{ json_value('record', 'predicted', 'double') }} as predicted,
            {{ json_value('record', 'observed', 'double') }} as observed,
            {{ json_value('record', 'observed_low', 'double') }} as observed_low,
            {{ json_value('record', 'observed_high', 'double') }} as observed_high,
            {{ json_value('record', 'n', 'bigint') }} as n
        from records
    )

select *
from final
