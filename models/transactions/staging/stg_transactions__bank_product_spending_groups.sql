with
    pairs as (select * from {{ ref('bank_product_spending_groups') }}),

    renamed as (
        select lower(trim(product)) as product, trim(spending_group) as spending_group, relevance from pairs
    )

select *
from renamed
