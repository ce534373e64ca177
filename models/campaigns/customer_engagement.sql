with
    scores as (select * from {{ ref('customer_engagement_score') }}),

    final as (
        select
            cast(customer_id as bigint) as customer_id,
            cast(fold as integer) as fold,
            cast(engagement_score as double) as engagement_score,
            cast(model_version as bigint) as model_version
        from scores
    )

select *
from final
