{#- On what evidence the newest version of a segmentation rests, one row per figure, from its fits. -#}
{% macro segment_diagnostics(fits) %}
    with
        fits as (select * from {{ fits }}),

        ranked as (
            select model_version, fitted_at, depth, params, row_number() over (order by model_version desc) as age
            from fits
        ),

        verdicts as (
            select
                *,
                {{ json_value('params', 'verdict', dbt.type_string()) }} as verdict,
                {{ json_value('params', 'diagnostics', dbt.type_string()) }} as diagnostics
            from ranked
            where age = 1
        ),

        records as (
            select model_version, fitted_at, depth, verdict, {{ json_records('diagnostics') }} as record
            from verdicts
        ),

        final as (
            select
                cast(model_version as bigint) as model_version,
                cast(fitted_at as {{ dbt.type_timestamp() }}) as fitted_at,
                cast(depth as {{ dbt.type_string() }}) as depth,
                verdict,
                {{ json_value('record', 'figure', dbt.type_string()) }} as figure,
                {{ json_value('record', 'subject', dbt.type_string()) }} as subject,
                {{ json_value('record', 'value', 'double') }} as value,
                {{ json_value('record', 'value_low', 'double') }} as value_low,
                {{ json_value('record', 'value_high', 'double') }} as value_high,
                {{ json_value('record', 'threshold', 'double') }} as threshold,
                {{ json_value('record', 'is_passed', 'boolean') }} as is_passed,
                {{ json_value('record', 'n', 'bigint') }} as n,
                {{ json_value('record', 'reading', dbt.type_string()) }} as reading
            from records
        )

    select *
    from final
{% endmacro %}
