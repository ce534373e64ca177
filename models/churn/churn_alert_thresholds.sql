with
    scores as (
        select * from {{ ref('churn_scores') }} where is_out_of_fold and churn_probability is not null
    ),

    customers as (select * from {{ ref('churn_customers') }}),

    everyones_action as (
        select action, cost, assumed_effect
        from {{ ref('stg_churn__retention_actions') }}
        where suits = 'everyone'
        order by cost, action
        limit 1
    ),

    thresholds as (
        {% for percent in range(1, 100) %}
            select cast({{ percent }} as double) / 100 as threshold {{ "union all" if not loop.last }}
        {% endfor %}
    ),

    judged as (
        select
            customers.has_exited,
            scores.churn_probability,
            everyones_action.action,
            everyones_action.cost,
            case when customers.has_exited then 1.0 else 0.0 end as exit,
            case when customers.has_exited then everyones_action.assumed_effect else 0.0 end
            * {{ value_at_risk('customers.balance', 'customers.products') }}
            - everyones_action.cost as net_gain
        from scores
        inner join customers on scores.customer_id = customers.customer_id
        cross join everyones_action
    ),

    alerted as (
        select
            thresholds.threshold,
            judged.action,
            judged.cost,
            judged.exit,
            judged.net_gain,
            case when judged.churn_probability >= thresholds.threshold then 1.0 else 0.0 end as alert
        from thresholds
        cross join judged
    ),

    summed as (
        select
            threshold,
            action,
            cast(count(*) as bigint) as n,
            cast(sum(alert) as bigint) as alerts,
            cast(sum(alert * exit) as bigint) as exits_alerted,
            cast(sum(exit) as bigint) as exits,
            sum(alert * cost) as cost,
            sum(alert * net_gain) as expected_net_gain,
            stddev_samp(alert * net_gain) * sqrt(count(*)) as standard_error
        from alerted
        group by threshold, action
    ),

    ranked as (
        select *, row_number() over (order by expected_net_gain desc, threshold desc) as gain_rank from summed
    ),

    final as (
        select
            threshold,
            n,
            alerts,
            cast(exits_alerted as double) / nullif(alerts, 0) as alert_precision,
            {{ wilson_low('exits_alerted', 'alerts') }} as alert_precision_low,
            {{ wilson_high('exits_alerted', 'alerts') }} as alert_precision_high,
            cast(exits_alerted as double) / nullif(exits, 0) as alert_recall,
            {{ wilson_low('exits_alerted', 'exits') }} as alert_recall_low,
            {{ wilson_high('exits_alerted', 'exits') }} as alert_recall_high,
            action,
            cast(cost as double) as cost,
            cast(expected_net_gain as double) as expected_net_gain,
            cast(expected_net_gain - 1.959964 * standard_error as double) as expected_net_gain_low,
            cast(expected_net_gain + 1.959964 * standard_error as double) as expected_net_gain_high,
            gain_rank = 1 and expected_net_gain > 0 as is_best
        from ranked
    )

select *
from final
