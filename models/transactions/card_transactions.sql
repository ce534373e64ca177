with
    transactions as (
        select *
        from {{ ref('stg_transactions__card_transactions') }}
        where {{ may_be_profiled('client_id', 'bank_customers') }}
    ),

    customers as (select * from {{ ref('bank_customers') }}),

    cards as (select * from {{ ref('stg_transactions__cards') }}),

    categories as (select * from {{ ref('merchant_categories') }}),

    final as (
        select
            transactions.transaction_id,
            transactions.client_id,
            transactions.card_id,
            transactions.transacted_at,
            transactions.amount_usd,
            transactions.amount_usd < 0 as is_refund,
            transactions.is_online,
            transactions.mcc,
            coalesce(categories.spending_group, 'other') as spending_group,
            transactions.merchant_id,
            transactions.merchant_city,
            transactions.merchant_state,
            transactions.has_error,
            transactions.has_insufficient_balance,
            transactions.has_bad_pin,
            transactions.has_bad_security_code,
            transactions.has_bad_card_digits,
            transactions.has_bad_expiration,
            transactions.has_bad_zip,
            transactions.has_technical_glitch,
            customers.client_id is not null as has_known_client,
            cards.card_id is not null as has_known_card
        from transactions
        left join customers on transactions.client_id = customers.client_id
        -- A card of somebody else is no known card of this customer.
        left join cards on transactions.card_id = cards.card_id and transactions.client_id = cards.client_id
        left join categories on transactions.mcc = categories.mcc
    )

select *
from final
