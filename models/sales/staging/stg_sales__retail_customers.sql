with
    customers as (select * from {{ ref('raw_retail_customers') }}),

    renamed as (
        select
            customerid as customer_id,
            case
                upper(trim(gender))
                when 'M'
                then 'Male'
                when 'F'
                then 'Female'
                else {{ sentence_case('gender') }}
            end as gender,
            trim(location) as location,
            tenure_months,
            source_line
        from customers
    )

select *
from renamed
