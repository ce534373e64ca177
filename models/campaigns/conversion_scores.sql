with
    scores as (select * from {{ ref('conversion_score') }}),

    final as (
        select
            cast(customer_id as bigint) as customer_id,
            cast(moment as {{ dbt.type_string() }}) as moment,
            cast(conversion_probability as double) as conversion_probability,
            cast(decile as integer) as decile,
            cast(is_out_of_fold as boolean) as is_out_of_fold,
            {{ may_be_contacted('customer_id', 'campaign_customers', ref('stg_campaigns__do_not_contact')) }}
            as may_be_contacted,
            cast(model_version as bigint) as model_version
        from scores
    )

select *
from final
