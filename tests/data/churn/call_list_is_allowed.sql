-- Nobody on the call list has left, is suppressed, was called lately or is held out, no call is expected to
-- lose, and the list is within calls and budget.
with
    calls as (select * from {{ ref('retention_call_list') }}),

    customers as (select * from {{ ref('churn_customers') }}),

    held_out as (select customer_id from {{ ref('retention_call_holdout') }}),

    contacts as (
        select customer_id, contact_date
        from {{ ref('int_retention_outcomes') }}
        where is_treated
        union all
        {{ exported_customers("retention_call_list") }}
    ),

    contacted as (
        select customer_id
        from contacts
        where {{ dbt.dateadd('day', stated_days('contact_pause_days'), 'contact_date') }} > {{ as_of_date() }}
    ),

    totals as (select count(*) as calls, sum(cost) as cost from calls)

select
    calls.customer_id, 'has left, is suppressed, held out or was called lately, or the call loses' as problem
from calls
inner join customers on calls.customer_id = customers.customer_id
where
    customers.has_exited
    or not {{ may_be_contacted('calls.customer_id', 'churn_customers', channel="'phone'") }}
    or calls.customer_id in (select held_out.customer_id from held_out)
    or calls.customer_id in (select contacted.customer_id from contacted)
    or calls.expected_net_gain <= 0
union all
select null, 'more calls or cost than allowed'
from totals
where
    calls > {{ 'calls' if var('retention_calls_a_week') in (none, '') else var('retention_calls_a_week') }}
    or cost > {{ 'cost' if var('retention_budget') in (none, '') else var('retention_budget') }} + 0.005
