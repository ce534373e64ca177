{%- set figures = {
    "said_share": "case when scores.chance_without_age < 0.01 then 'Under 1' else 'About ' || cast(round(100 * scores.chance_without_age) as integer) end",
    "said_lately": "case when features.purchases_3_months = 0 then 'none' else features.purchases_3_months || ' for ' || cast(features.purchases_usd_3_months as decimal(18, 2)) || ' USD' end",
    "said_purchases_in_a_year": "features.purchases_12_months",
    "said_usd_in_a_year": "cast(features.purchases_usd_12_months as decimal(18, 2))",
    "said_income": "case when scores.income_band = 'unknown' then 'not known' else 'of ' || scores.income_band end",
    "said_from": "cast(round(100 * risers.earlier_share) as integer)",
    "said_to": "cast(round(100 * risers.share) as integer)",
} -%}
with
    scores as (select * from {{ ref('preferences_score') }}),

    newest as (select cut_off from {{ ref('int_preference_cutoffs') }} where is_newest),

    features as (
        select features_preferences.*
        from {{ ref('features_preferences') }} as features_preferences
        inner join newest on features_preferences.cut_off = newest.cut_off
    ),

    shares as (
        select
            client_id,
            replace(spending_group, '_', ' ') as spending_group,
            cast(purchases_3_months as double) / nullif(all_purchases_3_months, 0) as share,
            cast(purchases_12_months - purchases_3_months as double)
            / nullif(all_purchases_12_months - all_purchases_3_months, 0) as earlier_share
        from features
    ),

    risers as (
        select
            *,
            row_number() over (
                partition by client_id order by share - earlier_share desc nulls last, spending_group
            ) as place
        from shares
    ),

    worded as (
        select
            scores.*,
            replace(scores.spending_group, '_', ' ') as said_group,
            risers.spending_group as said_riser,
            {% for name, figure in figures.items() %}
                cast({{ figure }} as {{ dbt.type_string() }}) as {{ name }}{{ "," if not loop.last }}
            {% endfor %}
        from scores
        left join
            features
            on scores.client_id = features.client_id
            and scores.spending_group = features.spending_group
        left join
            risers
            on scores.client_id = risers.client_id
            and risers.place = 1
            -- What reads the same before and after hasn't risen.
            and round(100 * risers.share) > round(100 * risers.earlier_share)
    ),

    final as (
        select
            client_id,
            spending_group,
            chance,
            chance_without_age,
            is_cold_start,
            case
                when is_cold_start
                then
                    {{ sentence('{said_share} % of clients with an income {said_income} were seen to buy in {said_group}') }}
                when is_new and said_riser is not null
                then
                    {{ sentence('Nothing bought in {said_group} in twelve months; what rose most is {said_riser}, from {said_from} to {said_to} % of purchases in the last three months') }}
                when is_new
                then {{ sentence('Nothing bought in {said_group} in twelve months') }}
                else
                    {{ sentence('Purchases in {said_group}: {said_lately} in the last three months, {said_purchases_in_a_year} for {said_usd_in_a_year} USD in twelve') }}
            end as reason
        from worded
    )

select *
from final
