with
    offers as (select * from {{ ref('int_client_offers') }} where is_eligible),

    draws as (select * from {{ ref('int_offer_draws') }}),

    contacted as (
        select client_id, offered_date
        from {{ ref('stg_transactions__offer_outcomes') }}
        where is_treated
        union all
        {{ exported_customers("next_best_offer_list") }}
    ),

    contacts as (select client_id, max(offered_date) as offered_date from contacted group by client_id),

    open_offers as (
        select
            offers.client_id,
            offers.product,
            offers.offer_rank,
            offers.take_up_probability,
            offers.expected_taken_margin_usd,
            offers.is_cold_start,
            case when draws.is_list_valid then draws.is_held_out end as was_held_out,
            case when draws.keeps_offer and offers.product = draws.product then 0 else 1 end as is_other
        from offers
        left join draws on offers.client_id = draws.client_id
        left join contacts on offers.client_id = contacts.client_id
        where
            {{ may_be_contacted('offers.client_id', 'bank_customers', ref('stg_transactions__do_not_contact')) }}
            and {{ may_be_listed('draws', 'contacts.offered_date') }}
    ),

    -- One best offer a client; what a list that is still valid has offered stays, unless the rules have
    -- changed.
    with_place as (
        select *, row_number() over (partition by client_id order by is_other, offer_rank) as place
        from open_offers
    ),

    final as (
        select client_id, product, take_up_probability, expected_taken_margin_usd, is_cold_start, was_held_out
        from with_place
        where place = 1
    )

select *
from final
