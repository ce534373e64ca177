with
    transactions as (select * from {{ ref('raw_card_transactions') }}),

    renamed as (
        select
            id as transaction_id,
            client_id,
            card_id,
            date as transacted_at,
            amount as amount_usd,
            use_chip = 'Online Transaction' as is_online,
            merchant_id,
            -- 'ONLINE' is no city; is_online says it.
            {{ declared_word('place', 'merchant_city') }} as merchant_city,
            {{ declared_word('place', 'merchant_state') }} as merchant_state,
            zip as merchant_zip,
            mcc,
            -- Null where the file has no column `errors`: absent isn't none.
            errors <> '' as has_error,
            errors like '%Insufficient Balance%' as has_insufficient_balance,
            errors like '%Bad PIN%' as has_bad_pin,
            errors like '%Bad CVV%' as has_bad_security_code,
            errors like '%Bad Card Number%' as has_bad_card_digits,
            errors like '%Bad Expiration%' as has_bad_expiration,
            errors like '%Bad Zipcode%' as has_bad_zip,
            errors like '%Technical Glitch%' as has_technical_glitch,
            source_line
        from transactions
    )

select *
from renamed
