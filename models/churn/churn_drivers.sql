with
    ratios as ({{ fit_table(ref('retention_fit'), 'effects') }}),

    final as (
        select
            feature,
            kind,
            value,
            value_low,
            value_high,
            coalesce(value_low > 1 or value_high < 1, false) as is_distinguishable,
            'adjusted' as evidence,
            model_version
        from ratios
    )

select *
from final
