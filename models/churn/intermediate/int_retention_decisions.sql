with
    customers as (select * from {{ ref('stg_churn__customers') }}),

    scores as (select * from {{ ref('churn_scores') }}),

    actions as (select * from {{ ref('stg_churn__retention_actions') }}),

    draws as (select * from {{ ref('int_retention_draws') }}),

    contacted as (
        select customer_id, contact_date
        from {{ ref('int_retention_outcomes') }}
        where is_treated
        union all
        {{ exported_customers("retention_call_list") }}
    ),

    contacts as (select customer_id, max(contact_date) as contact_date from contacted group by customer_id),

    at_risk as (
        select
            customers.customer_id,
            customers.has_exited,
            customers.is_active,
            customers.products,
            scores.churn_probability,
            scores.exit_probability,
            scores.exit_probability_low,
            scores.exit_probability_high,
            scores.horizon_years,
            {{ value_at_risk('customers.balance', 'customers.products') }} as value_at_risk,
            case when draws.is_list_valid then draws.is_held_out end as was_held_out,
            {{ may_be_profiled('customers.customer_id', 'churn_customers') }} as may_be_profiled,
            {{ may_be_contacted('customers.customer_id', 'churn_customers', channel="'phone'") }}
            as may_be_contacted,
            not ({{ may_be_listed('draws', 'contacts.contact_date') }}) as is_paused
        from customers
        left join scores on customers.customer_id = scores.customer_id
        left join draws on customers.customer_id = draws.customer_id
        left join contacts on customers.customer_id = contacts.customer_id
    ),

    final as (
        select
            at_risk.customer_id,
            actions.action,
            at_risk.churn_probability,
            at_risk.exit_probability,
            at_risk.exit_probability_low,
            at_risk.exit_probability_high,
            at_risk.horizon_years,
            at_risk.value_at_risk,
            cast(actions.cost as double) as cost,
            actions.assumed_effect,
            {{ net_gain('at_risk.exit_probability', 'actions.assumed_effect') }} as expected_net_gain,
            {{ net_gain_low() }} as expected_net_gain_low,
            {{ net_gain('at_risk.exit_probability_high', 'actions.assumed_effect_high') }}
            as expected_net_gain_high,
            at_risk.was_held_out,
            at_risk.churn_probability is not null
            and (at_risk.exit_probability is not null or at_risk.has_exited) as is_known,
            at_risk.may_be_profiled,
            at_risk.may_be_contacted,
            at_risk.is_paused,
            not at_risk.has_exited
            and (
                actions.suits = 'everyone'
                or (actions.suits = 'inactive' and not at_risk.is_active)
                or (actions.suits = 'one_product' and at_risk.products = 1)
            ) as is_eligible
        from at_risk
        cross join actions
    )

select *
from final
