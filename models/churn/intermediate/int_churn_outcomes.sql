with
    customers as (select * from {{ ref('int_churn_customers') }}),

    final as (
        select
            'has_exited' as outcome,
            arrival_line as arrival,
            'customer ' || cast(customer_id as {{ dbt.type_string() }}) as label,
            cast(has_exited as integer) as events,
            1 as trials
        from customers
    )

select *
from final
