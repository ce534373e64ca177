{{ config(severity='warn') }}
-- An error that has no flag of its own: the source has got a new kind.
select transaction_id
from {{ ref('card_transactions') }}
where
    has_error
    and not (
        has_insufficient_balance
        or has_bad_pin
        or has_bad_security_code
        or has_bad_card_digits
        or has_bad_expiration
        or has_bad_zip
        or has_technical_glitch
    )
