with
    scores as (select * from {{ ref('bank_segments_score') }}),

    final as (
        select
            cast(client_id as bigint) as client_id,
            cast(segment_id as integer) as segment_id,
            cast(segment_name as {{ dbt.type_string() }}) as segment_name,
            cast(membership_strength as double) as membership_strength,
            cast(method as {{ dbt.type_string() }}) as method,
            cast(model_version as bigint) as model_version
        from scores
    )

select *
from final
