with
    scores as (
        select * from {{ ref('churn_scores') }} where is_out_of_fold and churn_probability is not null
    ),

    customers as (select * from {{ ref('churn_customers') }}),

    actions as (
        select action, cost, assumed_effect, assumed_effect_low, assumed_effect_high
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

    at_risk as (
        select
            scores.*,
            case when customers.has_exited then 1.0 else 0.0 end as exit,
            {{ value_at_risk('customers.balance', 'customers.products') }} as value_at_risk
        from scores
        inner join customers on scores.customer_id = customers.customer_id
    ),

    -- Who has left can't be called any more: no gain and no cost.
    judged as (
        select
            at_risk.churn_probability,
            at_risk.horizon_years,
            at_risk.exit,
            actions.action,
            (1 - at_risk.exit) * actions.cost as cost,
            {{ net_gain('at_risk.exit_probability', 'actions.assumed_effect') }} as net_gain,
            {{ net_gain_low() }} as net_gain_low,
            {{ net_gain('at_risk.exit_probability_high', 'actions.assumed_effect_high') }} as net_gain_high
        from at_risk
        cross join actions
    ),

    summed as (
        select
            thresholds.threshold,
            judged.action,
            judged.horizon_years,
            cast(count(*) as bigint) as n,
            cast(
                sum(case when judged.churn_probability >= thresholds.threshold then 1 else 0 end) as bigint
            ) as alerts,
            cast(
                sum(
                    case when judged.churn_probability >= thresholds.threshold then judged.exit else 0 end
                ) as bigint
            ) as exits_alerted,
            cast(sum(judged.exit) as bigint) as exits,
            {% for name in ["cost", "net_gain", "net_gain_low", "net_gain_high"] %}
                {% set alerted = "case when judged.churn_probability >= thresholds.threshold then judged." ~ name ~ " end" %}
                coalesce({{ in_order("sum", alerted) }}, 0) as {{ name }} {{ "," if not loop.last }}
            {% endfor %}
        from thresholds
        cross join judged
        group by thresholds.threshold, judged.action, judged.horizon_years
    ),

    ranked as (select *, row_number() over (order by net_gain desc, threshold desc) as gain_rank from summed),

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
            alerts - exits_alerted as calls,
            cast(cost as double) as cost,
            cast(net_gain as double) as expected_net_gain,
            cast(net_gain_low as double) as expected_net_gain_low,
            cast(net_gain_high as double) as expected_net_gain_high,
            cast(horizon_years as double) as horizon_years,
            gain_rank = 1 and net_gain > 0 as is_best
        from ranked
    )

select *
from final
