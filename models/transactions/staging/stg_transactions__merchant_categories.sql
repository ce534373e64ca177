with
    categories as (select * from {{ ref('raw_merchant_categories') }}),

    renamed as (select mcc, trim(description) as description, source_line from categories)

select *
from renamed
