with
    earlier as (select * from {{ source('churn_private', 'retention_call_log') }}),

    chosen as (select * from {{ ref('retention_choice_score') }}),

    customers as (select * from {{ ref('churn_customers') }}),

    scores as (select * from {{ ref('churn_scores') }}),

    today as (
        select
            chosen.publication,
            chosen.customer_id,
            cast({{ as_of_date() }} as {{ dbt.type_timestamp() }}) as listed_at,
            chosen.action,
            chosen.is_held_out,
            chosen.is_carried_over,
            chosen.holdout_share,
            customers.country,
            customers.age_years,
            customers.tenure_years,
            customers.balance,
            customers.products,
            customers.is_active,
            scores.churn_probability,
            scores.decile,
            scores.exit_probability,
            scores.horizon_years,
            chosen.value_at_risk,
            chosen.expected_net_gain
        from chosen
        inner join customers on chosen.customer_id = customers.customer_id
        inner join scores on chosen.customer_id = scores.customer_id
    ),

    final as (
        select {{ as_contracted() }}
        from earlier
        union all
        select {{ as_contracted() }}
        from today
    )

select *
from final
