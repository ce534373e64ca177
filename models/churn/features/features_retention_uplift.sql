with
    outcomes as (select * from {{ ref('stg_churn__retention_outcomes') }}),

    customers as (select * from {{ ref('churn_customers') }}),

    scores as (select * from {{ ref('churn_scores') }}),

    final as (
        select
            outcomes.customer_id,
            customers.country,
            customers.age_years,
            customers.tenure_years,
            customers.balance,
            customers.products,
            customers.is_active,
            scores.churn_probability,
            case
                when scores.decile <= 2
                then 'highest fifth'
                when scores.decile <= 5
                then 'upper half'
                when scores.decile <= 10
                then 'lower half'
                else 'unknown'
            end as risk,
            {{ is_in_holdout('outcomes.customer_id', 'churn_customers') }} as is_in_holdout,
            outcomes.is_treated,
            outcomes.has_exited
        from outcomes
        inner join customers on outcomes.customer_id = customers.customer_id
        left join scores on outcomes.customer_id = scores.customer_id
    )

select *
from final
