with
    orders as (select * from {{ ref('orders') }} where not is_return),

    final as (
        select
            'has_used_coupon' as outcome,
            row_number() over (order by order_date, order_id) as arrival,
            cast(order_date as {{ dbt.type_string() }}) as label,
            case when has_used_coupon then 1 else 0 end as events,
            1 as trials
        from orders
    )

select *
from final
