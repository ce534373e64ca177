with
    products as (select * from {{ ref('stg_transactions__bank_products') }}),

    served as (select * from {{ ref('stg_transactions__bank_product_spending_groups') }}),

    catalogue as (
        select products.*, served.spending_group, served.relevance
        from served
        inner join products on served.product = products.product
    ),

    final as (select {{ as_contracted() }} from catalogue)

select *
from final
