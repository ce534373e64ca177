{%- set assumptions = ["yearly_margin_usd", "take_up_rate", "take_up_rate_low", "take_up_rate_high"] -%}
with
    catalogue as (select * from {{ ref('bank_product_catalogue') }}),

    reasons as (select * from {{ ref('int_offer_reasons') }}),

    eligibility as (select * from {{ ref('int_offer_eligibility') }}),

    chances as (
        select
            reasons.client_id,
            catalogue.product,
            reasons.spending_group,
            catalogue.relevance,
            {{ assumptions | join(", ") }},
            {{ chance_for_product("reasons", "catalogue") }} as chance
        from reasons
        inner join catalogue on reasons.spending_group = catalogue.spending_group
    ),

    with_place as (
        select
            *,
            row_number() over (
                partition by client_id, product order by relevance * chance desc, spending_group asc
            ) as place
        from chances
    ),

    scored as (
        select
            client_id,
            product,
            {{ assumptions | join(", ") }},
            {{ product_score("chance") }} as score,
            max(case when place = 1 then spending_group end) as leading_group
        from with_place
        group by client_id, product, {{ assumptions | join(", ") }}
    ),

    valued as (
        select
            scored.client_id,
            scored.product,
            scored.score,
            round(scored.score * scored.yearly_margin_usd, 6) as expected_margin_usd,
            {% for end in ["", "_low", "_high"] %}
                scored.score * scored.take_up_rate{{ end }} as take_up_probability{{ end }},
                {{ taken_margin(end) }} as expected_taken_margin_usd{{ end }},
            {% endfor %}
            reasons.reason,
            reasons.is_cold_start,
            eligibility.suitability,
            eligibility.is_eligible,
            eligibility.what_would_change_it
        from scored
        inner join
            reasons on scored.client_id = reasons.client_id and scored.leading_group = reasons.spending_group
        inner join
            eligibility on scored.client_id = eligibility.client_id and scored.product = eligibility.product
    ),

    final as (
        select *, row_number() over (partition by client_id order by {{ best_offer_first() }}) as offer_rank
        from valued
    )

select *
from final
