{{ depends_on_raw_seeds() }}
with
    fits as ({{ fits() }}),

    final as (
        select
            cast(domain as varchar) as domain,
            cast(model_name as varchar) as model_name,
            cast(model_version as bigint) as model_version,
            cast(fitted_at as timestamp) as fitted_at,
            cast(status as varchar) as status,
            cast(code_version as varchar) as code_version,
            cast(data_fingerprint as varchar) as data_fingerprint,
            cast(depth as varchar) as depth,
            cast(n_rows as bigint) as n_rows,
            cast(params as varchar) as params,
            cast(metrics as varchar) as metrics,
            cast(effects as varchar) as effects,
            cast(calibration as varchar) as calibration,
            cast(lift as varchar) as lift,
            cast(card as varchar) as card,
            cast(artefact as blob) as artefact
        from fits
    )

select *
from final
