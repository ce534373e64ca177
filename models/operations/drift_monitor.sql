{{ depends_on_raw_seeds() }}
with
    scores as ({{ built_rows(drift_scores(), drift_columns()) }}),

    final as (
        select
            cast(domain as {{ dbt.type_string() }}) as domain,
            cast(subject as {{ dbt.type_string() }}) as subject,
            cast(kind as {{ dbt.type_string() }}) as kind,
            cast(value as double) as value,
            cast(threshold as double) as threshold,
            cast(visible_distance as double) as visible_distance,
            cast(psi as double) as psi,
            cast(p_value as double) as p_value,
            cast(p_value_corrected as double) as p_value_corrected,
            cast(n_reference as bigint) as n_reference,
            cast(n as bigint) as n,
            cast(rows_before as bigint) as rows_before,
            cast(rows as bigint) as rows,
            cast(place as {{ dbt.type_string() }}) as place,
            cast(rate_before as double) as rate_before,
            cast(rate_before_low as double) as rate_before_low,
            cast(rate_before_high as double) as rate_before_high,
            cast(rate_after as double) as rate_after,
            cast(rate_after_low as double) as rate_after_low,
            cast(rate_after_high as double) as rate_after_high,
            cast(is_changed as boolean) as is_changed,
            cast(needs_action as boolean) as needs_action,
            cast(is_drifting as boolean) as is_drifting,
            cast(message as {{ dbt.type_string() }}) as message,
            cast(model_name as {{ dbt.type_string() }}) as model_name,
            cast(model_version as bigint) as model_version,
            cast(reference_at as {{ dbt.type_timestamp() }}) as reference_at
        from scores
    )

select *
from final
