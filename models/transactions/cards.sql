with
    cards as (
        select *
        from {{ ref('stg_transactions__cards') }}
        where {{ may_be_profiled('client_id', 'bank_customers') }}
    ),

    customers as (select * from {{ ref('bank_customers') }}),

    final as (
        select
            cards.card_id,
            cards.client_id,
            cards.card_brand,
            cards.card_type,
            cards.has_chip,
            cards.cards_issued,
            cards.credit_limit_usd,
            cards.opened_month,
            cards.expires_month,
            cards.pin_changed_year,
            customers.client_id is not null as has_known_client
        from cards
        left join customers on cards.client_id = customers.client_id
    )

select *
from final
