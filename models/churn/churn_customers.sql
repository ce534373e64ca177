with
    customers as (select * from {{ ref('int_churn_customers') }}),

    with_currency as (
        select *, cast({{ dbt.string_literal(var("churn_currency")) }} as {{ dbt.type_string() }}) as currency
        from customers
    ),

    final as (select {{ as_contracted() }} from with_currency)

select *
from final
