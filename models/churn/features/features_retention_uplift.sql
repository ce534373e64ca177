with
    outcomes as (select * from {{ ref('int_retention_outcomes') }} where has_happened is not null),

    customers as (select * from {{ ref('churn_customers') }}),

    scores as (select * from {{ ref('churn_scores') }}),

    -- As of the list; of customers whom no published list named, as of today.
    traits as (
        select
            outcomes.*,
            outcomes.publication is not null as is_listed,
            {% for trait in ["country", "age_years", "tenure_years", "balance", "products", "is_active"] %}
                case
                    when outcomes.publication is null then customers.{{ trait }} else outcomes.{{ trait }}
                end as known_{{ trait }},
            {% endfor %}
            case
                when outcomes.publication is null
                then scores.churn_probability
                else outcomes.churn_probability
            end as known_churn_probability,
            case when outcomes.publication is null then scores.decile else outcomes.decile end as known_decile
        from outcomes
        left join customers on outcomes.customer_id = customers.customer_id
        left join scores on outcomes.customer_id = scores.customer_id
        where outcomes.publication is not null or customers.customer_id is not null
    ),

    final as (
        select
            source_line,
            customer_id,
            outcome_kind,
            known_country as country,
            known_age_years as age_years,
            known_tenure_years as tenure_years,
            known_balance as balance,
            known_products as products,
            known_is_active as is_active,
            known_churn_probability as churn_probability,
            case
                when known_decile <= 2
                then 'highest fifth'
                when known_decile <= 5
                then 'upper half'
                when known_decile <= 10
                then 'lower half'
                else 'unknown'
            end as risk,
            is_listed,
            is_held_out,
            holdout_share,
            is_treated,
            case when outcome_kind = 'exited' then not has_happened else has_happened end as is_good
        from traits
    )

select *
from final
