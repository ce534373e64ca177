with
    customers as (select client_id from {{ ref('stg_transactions__bank_customers') }}),

    products as (select product from {{ ref('stg_transactions__bank_products') }}),

    offers as (select * from {{ ref('next_best_offers') }}),

    draws as (select * from {{ ref('int_offer_draws') }}),

    contacted as (
        select client_id, offered_date
        from {{ ref('stg_transactions__offer_outcomes') }}
        where is_treated
        union all
        {{ exported_customers("next_best_offer_list") }}
    ),

    contacts as (select client_id, max(offered_date) as offered_date from contacted group by client_id),

    final as (
        select
            customers.client_id,
            products.product,
            offers.expected_taken_margin_usd,
            offers.client_id is not null as is_known,
            {{ may_be_profiled('customers.client_id', 'bank_customers') }} as may_be_profiled,
            {{ may_be_contacted('customers.client_id', 'bank_customers') }} as may_be_contacted,
            not ({{ may_be_listed('draws', 'contacts.offered_date') }}) as is_paused,
            coalesce(offers.is_eligible, false) as is_eligible
        from customers
        cross join products
        left join offers on customers.client_id = offers.client_id and products.product = offers.product
        left join draws on customers.client_id = draws.client_id
        left join contacts on customers.client_id = contacts.client_id
    )

select *
from final
