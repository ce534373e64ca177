with
    marked as (select * from {{ ref('bank_customers_in_distress') }}),

    renamed as (select client_id, until_date from marked)

select *
from renamed
