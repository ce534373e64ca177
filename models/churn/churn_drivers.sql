with
    fits as (select * from {{ ref('retention_fit') }}),

    newest as (select max(model_version) as model_version from fits),

    records as (
        select fits.model_version, {{ json_records('fits.effects') }} as record
        from fits
        inner join newest on fits.model_version = newest.model_version
    ),

    ratios as (
        select
            {{ json_value('record', 'feature', dbt.type_string()) }} as feature,
            {{ json_value('record', 'kind', dbt.type_string()) }} as kind,
            {{ json_value('record', 'value', 'double') }} as value,
            {{ json_value('record', 'value_low', 'double') }} as value_low,
            {{ json_value('record', 'value_high', 'double') }} as value_high,
            model_version
        from records
    ),

    final as (
        select
            cast(feature as {{ dbt.type_string() }}) as feature,
            cast(kind as {{ dbt.type_string() }}) as kind,
            value,
            value_low,
            value_high,
            coalesce(value_low > 1 or value_high < 1, false) as is_distinguishable,
            cast('adjusted' as {{ dbt.type_string() }}) as evidence,
            cast(model_version as bigint) as model_version
        from ratios
    )

select *
from final
