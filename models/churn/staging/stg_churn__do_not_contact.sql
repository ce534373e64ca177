with
    entries as (select * from {{ ref('do_not_contact_churn_customers') }}),

    renamed as (select customer_id, trim(reason) as reason, until_date from entries)

select *
from renamed
