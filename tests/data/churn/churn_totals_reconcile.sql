-- From the raw file to the mart no customer, exit or money is lost or counted twice, but for those who
-- object to
-- profiling.
with
    raw_totals as (
        select
            count(*) as customers,
            sum(case when exited then 1 else 0 end) as exits,
            sum(balance) as balance,
            sum(numofproducts) as products
        from {{ ref('raw_churn_customers') }}
        where {{ may_be_profiled('customerid', 'churn_customers') }}
    ),

    mart_totals as (
        select
            count(*) as customers,
            sum(case when has_exited then 1 else 0 end) as exits,
            sum(balance) as balance,
            sum(products) as products
        from {{ ref('churn_customers') }}
    )

select raw_totals.*, mart_totals.*
from raw_totals
cross join mart_totals
where
    raw_totals.customers <> mart_totals.customers
    or raw_totals.exits <> mart_totals.exits
    or raw_totals.balance <> mart_totals.balance
    or raw_totals.products <> mart_totals.products
