with
    points as ({{ fit_table(ref('model_registry'), 'calibration', every_version=true) }}),

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
