with
    responses as (select * from {{ ref('int_campaign_responses') }}),

    permitted as (
        select
            *,
            {{ may_be_contacted('customer_id', 'campaign_customers', ref('stg_campaigns__do_not_contact')) }}
            as may_be_contacted
        from responses
    ),

    final as (select {{ as_contracted() }} from permitted)

select *
from final
