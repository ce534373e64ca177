with
    scores as (select * from {{ ref('retention_score') }}),

    final as (
        select
            cast(customer_id as bigint) as customer_id,
            cast(churn_probability as double) as churn_probability,
            cast(decile as integer) as decile,
            cast(expected_remaining_years as double) as expected_remaining_years,
            cast(exit_probability as double) as exit_probability,
            cast(exit_probability_low as double) as exit_probability_low,
            cast(exit_probability_high as double) as exit_probability_high,
            cast(horizon_years as double) as horizon_years,
            cast(driver_1 as {{ dbt.type_string() }}) as driver_1,
            cast(driver_2 as {{ dbt.type_string() }}) as driver_2,
            cast(driver_3 as {{ dbt.type_string() }}) as driver_3,
            cast(reason as {{ dbt.type_string() }}) as reason,
            cast(talk_about as {{ dbt.type_string() }}) as talk_about,
            cast(is_out_of_fold as boolean) as is_out_of_fold,
            {{ may_be_contacted('customer_id', 'churn_customers', ref('stg_churn__do_not_contact')) }}
            as may_be_contacted,
            cast(model_version as bigint) as model_version
        from scores
    )

select *
from final
