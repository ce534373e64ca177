with
    cards as (select * from {{ ref('raw_cards') }}),

    renamed as (
        select
            id as card_id,
            client_id,
            lower(trim(card_brand)) as card_brand,
            case
                lower(trim(card_type)) when 'debit (prepaid)' then 'prepaid' else lower(trim(card_type))
            end as card_type,
            has_chip,
            num_cards_issued as cards_issued,
            credit_limit as credit_limit_usd,
            acct_open_date as opened_month,
            expires as expires_month,
            year_pin_last_changed as pin_changed_year,
            source_line
        from cards
    )

select *
from renamed
