with
    registry as (select * from {{ ref('model_registry') }}),

    segmentations as (
        select
            *,
            {{ json_value('params', 'verdict', dbt.type_string()) }} as verdict,
            {{ json_value('params', 'diagnostics', dbt.type_string()) }} as diagnostics
        from registry
    ),

    newest as (
        select *, row_number() over (partition by model_name order by model_version desc) as place
        from segmentations
        where diagnostics is not null
    ),

    records as (
        select
            domain,
            model_name,
            model_version,
            fitted_at,
            depth,
            verdict,
            {{ json_records('diagnostics') }} as record
        from newest
        where place = 1
    ),

    final as (
        select
            domain,
            model_name,
            model_version,
            fitted_at,
            depth,
            verdict,
            {{ json_value('record', 'figure', dbt.type_string()) }} as metric,
            {{ json_value('record', 'subject', dbt.type_string()) }} as subject,
            {{ json_value('record', 'value', 'double') }} as value,
            {{ json_value('record', 'value_low', 'double') }} as value_low,
            {{ json_value('record', 'value_high', 'double') }} as value_high,
            {{ json_value('record', 'threshold', 'double') }} as threshold,
            {{ json_value('record', 'is_passed', 'boolean') }} as is_passed,
            {{ json_value('record', 'n', 'bigint') }} as n,
            {{ json_value('record', 'reading', dbt.type_string()) }} as message
        from records
    )

select *
from final
