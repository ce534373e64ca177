with
    responses as (select * from {{ ref('int_campaign_responses') }}),

    final as (
        select
            'has_converted' as outcome,
            arrival_line as arrival,
            'customer ' || cast(customer_id as {{ dbt.type_string() }}) as label,
            cast(has_converted as integer) as events,
            1 as trials
        from responses
    )

select *
from final
