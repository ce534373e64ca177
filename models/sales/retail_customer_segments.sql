with
    scores as (select * from {{ ref('retail_segments_score') }}),

    final as (
        select
            cast(customer_id as bigint) as customer_id,
            cast(segment_id as integer) as segment_id,
            cast(segment_name as {{ dbt.type_string() }}) as segment_name,
            cast(membership_strength as double) as membership_strength,
            cast(method as {{ dbt.type_string() }}) as method,
            cast(model_version as bigint) as model_version
        from scores
    )

select *
from final
