with
    lists as (select * from {{ source('churn_private', 'retention_call_log') }} where not is_carried_over),

    numbered as (
        select *, row_number() over (partition by customer_id order by publication desc) as recency from lists
    ),

    final as (
        select
            customer_id,
            publication,
            listed_at,
            action,
            is_held_out,
            {{ dbt.datediff('listed_at', as_of_date(), 'day') }} < 7 as is_list_valid,
            cast(
                {{ dbt.dateadd('day', stated_days('retention_outcome_days'), 'cast(listed_at as date)') }}
                as date
            ) as outcome_date
        from numbered
        where recency = 1
    )

select *
from final
