-- An entry blocks through its last day and for ever without one; a past entry and another customer's block
-- nobody.
{% set entries %}(
    select 1 as customer_id, cast(null as date) as until_date
    union all
    select 2, {{ as_of_date() }}
    union all
    select 3, {{ dbt.dateadd('day', -1, as_of_date()) }}
    union all
    select 4, {{ dbt.dateadd('day', -1, as_of_date()) }}
    union all
    select 4, {{ dbt.dateadd('day', 1, as_of_date()) }}
    union all
    select null, null
){% endset %}

with
    customers as (
        select 1 as customer_id, false as expected
        union all
        select 2, false
        union all
        select 3, true
        union all
        select 4, false
        union all
        select 5, true
    )

select *
from customers
where {{ may_be_contacted('customer_id', 'campaign_customers', entries=entries) }} <> expected
