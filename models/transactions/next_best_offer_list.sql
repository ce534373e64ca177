with
    chosen as (select * from {{ ref('next_best_offer_choice_score') }} where not is_held_out),

    offers as (select * from {{ ref('next_best_offers') }}),

    products as (select * from {{ ref('stg_transactions__bank_products') }}),

    listed as (
        select offers.*, chosen.list_rank, products.description as product_description
        from chosen
        inner join offers on chosen.client_id = offers.client_id and chosen.product = offers.product
        inner join products on chosen.product = products.product
    ),

    final as (select {{ as_contracted() }} from listed)

select *
from final
