-- The hold-out's size is within five standard deviations of what chance allows, whatever the number of
-- customers.
with
    customers as (
        select customer_id, {{ is_in_holdout('customer_id', 'campaign_customers') }} as is_in_holdout
        from {{ ref('campaign_customers') }}
    ),

    counts as (
        select
            count(*) * {{ var('holdout_share') }} as expected,
            sum(case when is_in_holdout then 1 else 0 end) as found
        from customers
    )

select *
from counts
where abs(found - expected) > 5 * sqrt(expected * (1 - {{ var('holdout_share') }})) + 1
