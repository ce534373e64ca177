-- A do-not-contact entry blocks through its last day and for ever without one; withdrawn permission blocks
-- by all channels or by one, and permission given for a channel counts beside a withdrawal for all.
{% set entries %}(
    select 1 as customer_id, 'contact' as purpose, 'all' as channel, false as is_permitted, cast(null as date) as until_date
    union all
    select 2, 'contact', 'all', false, {{ as_of_date() }}
    union all
    select 3, 'contact', 'all', false, {{ dbt.dateadd('day', -1, as_of_date()) }}
    union all
    select 4, 'contact', 'all', false, {{ dbt.dateadd('day', -1, as_of_date()) }}
    union all
    select 4, 'contact', 'all', false, {{ dbt.dateadd('day', 1, as_of_date()) }}
    union all
    select 6, 'marketing', 'all', false, null
    union all
    select 7, 'marketing', 'email', false, null
    union all
    select 8, 'marketing', 'all', false, null
    union all
    select 8, 'marketing', 'email', true, null
    union all
    select 9, 'profiling', 'email', false, null
    union all
    select null, 'contact', 'all', false, null
){% endset %}

with
    -- What is expected without a channel, by e-mail, and of profiling.
    customers as (
        {% for customer, contacted, emailed, profiled in [
            (1, false, false, true), (2, false, false, true), (3, true, true, true), (4, false, false, true),
            (5, true, true, true), (6, false, false, true), (7, true, false, true), (8, false, true, true),
            (9, true, true, false),
        ] %}
            select
                {{ customer }} as customer_id,
                {{ contacted }} as contacted,
                {{ emailed }} as emailed,
                {{ profiled }} as profiled,
                ' Email' as channel
                {{ "union all" if not loop.last }}
        {% endfor %}
    )

select *
from customers
where
    {{ may_be_contacted('customer_id', 'campaign_customers', entries=entries) }} <> contacted
    or {{ may_be_contacted('customer_id', 'campaign_customers', entries=entries, channel='channel') }}
    <> emailed
    or {{ may_be_profiled('customer_id', 'campaign_customers', entries=entries) }} <> profiled
