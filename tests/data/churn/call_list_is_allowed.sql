-- Nobody on the call list has left, is suppressed, is held out, or stands below the alert threshold, and
-- the list is
-- within calls and budget.
with
    calls as (select * from {{ ref('retention_call_list') }}),

    customers as (select * from {{ ref('churn_customers') }}),

    alert as (select threshold from {{ ref('churn_alert_thresholds') }} where is_best),

    totals as (select count(*) as calls, sum(cost) as cost from calls)

select calls.customer_id, 'has left, is suppressed, is held out or is below the threshold' as problem
from calls
inner join customers on calls.customer_id = customers.customer_id
cross join alert
where
    customers.has_exited
    or not {{ may_be_contacted('calls.customer_id', 'churn_customers') }}
    or {{ is_in_holdout('calls.customer_id', 'churn_customers') }}
    or calls.churn_probability < alert.threshold
    or calls.expected_net_gain <= 0
union all
select null, 'more calls or cost than allowed'
from totals
where
    calls > {{ 'calls' if var('retention_calls_a_week') in (none, '') else var('retention_calls_a_week') }}
    or cost > {{ 'cost' if var('retention_budget') in (none, '') else var('retention_budget') }} + 0.005
