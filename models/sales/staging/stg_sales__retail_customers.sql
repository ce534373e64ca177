with
    customers as (select * from {{ ref('raw_retail_customers') }}),

    renamed as (
        select
            customerid as customer_id,
            {{ declared_word('gender', 'gender') }} as gender,
            trim(location) as location,
            tenure_months,
            source_line
        from customers
    )

select *
from renamed
