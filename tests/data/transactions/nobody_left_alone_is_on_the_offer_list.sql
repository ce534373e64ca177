-- Whoever is suppressed, held out or not eligible gets no offer.
select listed.client_id, listed.product
from {{ ref('next_best_offer_list') }} as listed
left join
    {{ ref('next_best_offers') }} as offers
    on listed.client_id = offers.client_id
    and listed.product = offers.product
where not coalesce(offers.is_eligible and offers.may_be_contacted and not offers.is_held_out, false)
