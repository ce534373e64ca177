with
    customers as (select * from {{ ref('retail_customers') }}),

    scores as (select * from {{ ref('customer_value_score') }}),

    final as (
        select
            customers.customer_id
            {%- for column in model["columns"] if column != "customer_id" -%}
                , scores.{{ column }}
            {%- endfor %}
        from customers
        left join scores on customers.customer_id = scores.customer_id
    )

select {{ as_contracted() }}
from final
