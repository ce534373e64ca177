with
    scores as (select * from {{ ref('conversion_score') }}),

    final as (
        select
            cast(customer_id as bigint) as customer_id,
            cast(moment as {{ dbt.type_string() }}) as moment,
            cast(conversion_probability as double) as conversion_probability,
            cast(decile as integer) as decile,
            cast(is_out_of_fold as boolean) as is_out_of_fold,
            cast(model_version as bigint) as model_version
        from scores
    )

select *
from final
