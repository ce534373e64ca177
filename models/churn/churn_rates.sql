with
    customers as (select * from {{ ref('churn_customers') }}),

    rates as (
        select country, products, count(*) as customers, sum(case when has_exited then 1 else 0 end) as exits
        from customers
        group by country, products
    ),

    final as (
        select
            country,
            products,
            cast(customers as bigint) as customers,
            cast(exits as bigint) as exits,
            cast(exits as double) / customers as exit_rate,
            {{ wilson_low('exits', 'customers') }} as exit_rate_low,
            {{ wilson_high('exits', 'customers') }} as exit_rate_high
        from rates
    )

select *
from final
