{% set traits = [
    ("size", "customers", "size", "", "1"),
    ("person", "female", "rate", "gender", "case when gender = 'Female' then 1 when gender is not null then 0 end"),
    ("person", "tenure_months", "amount", "tenure_months", "tenure_months"),
] %}

with
    customers as (select * from {{ ref('retail_customers') }}),

    locations as (select distinct location from customers where location is not null),

    final as (
        {{ trait_rows('customers', 'customer_id', traits) }}
        union all
        select
            customers.customer_id,
            'person',
            'location: ' || locations.location,
            'rate',
            'location',
            case when customers.location = locations.location then 1 else 0 end
        from customers
        cross join locations
        where customers.location is not null
    )

select *
from final
