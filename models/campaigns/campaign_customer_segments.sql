with
    scores as (select * from {{ ref('campaign_segments_score') }}),

    final as (
        select
            cast(customer_id as bigint) as customer_id,
            cast(segment_id as integer) as segment_id,
            cast(segment_name as varchar) as segment_name,
            cast(membership_strength as double) as membership_strength,
            cast(method as varchar) as method,
            cast(model_version as integer) as model_version
        from scores
    )

select *
from final
