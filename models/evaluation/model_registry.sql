{{ depends_on_raw_seeds() }}
with
    fits as ({{ fits() }}),

    final as (
        select
            cast(domain as {{ dbt.type_string() }}) as domain,
            cast(model_name as {{ dbt.type_string() }}) as model_name,
            cast(model_version as bigint) as model_version,
            cast(fitted_at as {{ dbt.type_timestamp() }}) as fitted_at,
            cast(status as {{ dbt.type_string() }}) as status,
            cast(code_version as {{ dbt.type_string() }}) as code_version,
            cast(data_fingerprint as {{ dbt.type_string() }}) as data_fingerprint,
            cast(depth as {{ dbt.type_string() }}) as depth,
            cast(n_rows as bigint) as n_rows,
            cast(params as {{ dbt.type_string() }}) as params,
            cast(metrics as {{ dbt.type_string() }}) as metrics,
            cast(effects as {{ dbt.type_string() }}) as effects,
            cast(calibration as {{ dbt.type_string() }}) as calibration,
            cast(lift as {{ dbt.type_string() }}) as lift,
            cast(card as {{ dbt.type_string() }}) as card,
            cast(artefact as blob) as artefact
        from fits
    )

select *
from final
