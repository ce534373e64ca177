with
    scores as (select * from {{ ref('engagement_weights_score') }}),

    final as (
        select
            cast(fold as integer) as fold,
            cast(measure as {{ dbt.type_string() }}) as measure,
            cast(weight as integer) as weight,
            cast(low as double) as low,
            cast(high as double) as high,
            cast(basis as {{ dbt.type_string() }}) as basis,
            cast(model_version as bigint) as model_version
        from scores
    )

select *
from final
