with
    scores as (select * from {{ ref('retention_score') }}),

    final as (
        select
            cast(customer_id as bigint) as customer_id,
            cast(churn_probability as double) as churn_probability,
            cast(decile as integer) as decile,
            cast(expected_remaining_years as double) as expected_remaining_years,
            cast(is_out_of_fold as boolean) as is_out_of_fold,
            cast(model_version as bigint) as model_version
        from scores
    )

select *
from final
