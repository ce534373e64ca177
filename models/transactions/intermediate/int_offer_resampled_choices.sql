with
    scores as (select * from {{ ref('preferences_score') }}),

    catalogue as (select * from {{ ref('bank_product_catalogue') }}),

    candidates as (select client_id from {{ ref('int_offer_candidates') }}),

    eligible as (select client_id, product from {{ ref('int_offer_eligibility') }} where is_eligible),

    drawn as (
        {{ unnested_lists("scores", ["client_id", "spending_group"], ["resampled_chance", "resampled_chance_without_age"]) }}
    ),

    all_scores as (
        select client_id, spending_group, 0 as resample, chance, chance_without_age
        from scores
        union all
        select
            client_id,
            spending_group,
            place as resample,
            resampled_chance as chance,
            resampled_chance_without_age as chance_without_age
        from drawn
    ),

    chances as (
        select
            all_scores.resample,
            all_scores.client_id,
            catalogue.product,
            catalogue.yearly_margin_usd,
            catalogue.take_up_rate,
            {{ chance_for_product("all_scores", "catalogue") }} as chance
        from all_scores
        inner join candidates on all_scores.client_id = candidates.client_id
        inner join catalogue on all_scores.spending_group = catalogue.spending_group
        inner join
            eligible on all_scores.client_id = eligible.client_id and catalogue.product = eligible.product
    ),

    scored as (
        select
            resample,
            client_id,
            product,
            yearly_margin_usd,
            take_up_rate,
            {{ product_score("chance") }} as score
        from chances
        group by resample, client_id, product, yearly_margin_usd, take_up_rate
    ),

    valued as (select *, {{ taken_margin() }} as expected_taken_margin_usd from scored),

    with_place as (
        select
            *, row_number() over (partition by resample, client_id order by {{ best_offer_first() }}) as place
        from valued
    ),

    final as (select resample, client_id, product from with_place where place = 1)

select *
from final
