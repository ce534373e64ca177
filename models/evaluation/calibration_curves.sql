with
    registry as (select * from {{ ref('model_registry') }}),

    records as (
        select domain, model_name, model_version, depth, {{ json_records('calibration') }} as record
        from registry
    ),

    points as (
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
    ),

    curves as (
        select
            *,
            max(bin) over (partition by model_name, model_version, split) as bins,
            covar_pop(bin, predicted) over (partition by model_name, model_version, split) as rise
        from points
    ),

    final as (
        -- Fits of earlier releases count from the lowest predictions: their curves rise.
        select
            domain,
            model_name,
            model_version,
            depth,
            split,
            case when rise > 0 then bins + 1 - bin else bin end as bin,
            predicted,
            observed,
            observed_low,
            observed_high,
            n
        from curves
    )

select *
from final
