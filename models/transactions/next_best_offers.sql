with
    offers as (select * from {{ ref('int_client_offers') }}),

    held_out as (select client_id from {{ ref('next_best_offer_holdout') }}),

    fits as (select max(model_version) as model_version from {{ ref('preferences_fit') }}),

    served as (
        select
            offers.*,
            'chance, not gain' as evidence,
            {{ may_be_contacted('offers.client_id', 'bank_customers', ref('stg_transactions__do_not_contact')) }}
            as may_be_contacted,
            offers.client_id in (select held_out.client_id from held_out) as is_held_out,
            fits.model_version,
            {{ dbt.dateadd('day', 6, as_of_date()) }} as valid_until
        from offers
        cross join fits
    ),

    final as (select {{ as_contracted() }} from served)

select *
from final
