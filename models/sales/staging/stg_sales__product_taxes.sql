with
    taxes as (select * from {{ ref('raw_product_taxes') }}),

    renamed as (select trim(product_category) as product_category, gst as tax_rate, source_line from taxes)

select *
from renamed
