with
    scores as (select * from {{ ref('retention_score') }}),

    permitted as (
        select
            *,
            {{ may_be_contacted('customer_id', 'churn_customers', ref('stg_churn__do_not_contact')) }}
            as may_be_contacted
        from scores
    ),

    final as (select {{ as_contracted() }} from permitted)

select *
from final
