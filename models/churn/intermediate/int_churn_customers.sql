with
    customers as (select * from {{ ref('stg_churn__customers') }}),

    final as (
        select *, row_number() over (order by publisher_row, source_line) + 1 as arrival_line from customers
    )

select *
from final
