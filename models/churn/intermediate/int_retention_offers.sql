with
    customers as (select * from {{ ref('churn_customers') }} where not has_exited),

    scores as (select * from {{ ref('churn_scores') }}),

    actions as (select * from {{ ref('stg_churn__retention_actions') }}),

    at_risk as (
        select
            customers.customer_id,
            customers.is_active,
            customers.products,
            scores.churn_probability,
            {{ value_at_risk('customers.balance', 'customers.products') }} as value_at_risk
        from customers
        inner join scores on customers.customer_id = scores.customer_id
        where
            scores.churn_probability is not null
            and {{ may_be_contacted('customers.customer_id', 'churn_customers', ref('stg_churn__do_not_contact')) }}
            and not {{ is_in_holdout('customers.customer_id', 'churn_customers') }}
    ),

    final as (
        select
            at_risk.customer_id,
            actions.action,
            at_risk.churn_probability,
            at_risk.value_at_risk,
            cast(actions.cost as double) as cost,
            at_risk.churn_probability * at_risk.value_at_risk * actions.assumed_effect
            - actions.cost as expected_net_gain,
            at_risk.churn_probability * at_risk.value_at_risk * actions.assumed_effect_low
            - actions.cost as expected_net_gain_low,
            at_risk.churn_probability * at_risk.value_at_risk * actions.assumed_effect_high
            - actions.cost as expected_net_gain_high
        from at_risk
        inner join
            actions
            on actions.suits = 'everyone'
            or (actions.suits = 'inactive' and not at_risk.is_active)
            or (actions.suits = 'one_product' and at_risk.products = 1)
    )

select *
from final
