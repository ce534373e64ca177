with
    responses as (select * from {{ ref('stg_campaigns__responses') }}),

    final as (select *, row_number() over (order by customer_id) + 1 as arrival_line from responses)

select *
from final
