with
    registry as (select * from {{ ref('model_registry') }}),

    records as (
        select domain, model_name, model_version, depth, {{ json_records('metrics') }} as record from registry
    ),

    final as (
        select
            domain,
            model_name,
            model_version,
            {{ json_value('record', 'split', dbt.type_string()) }} as split,
            depth,
            {{ json_value('record', 'metric', dbt.type_string()) }} as metric,
            {{ json_value('record', 'value', 'double') }} as value,
            {{ json_value('record', 'value_low', 'double') }} as value_low,
            {{ json_value('record', 'value_high', 'double') }} as value_high,
            {{ json_value('record', 'n', 'bigint') }} as n
        from records
    )

select *
from final
