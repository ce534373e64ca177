with
    measured as (select * from {{ ref('retention_uplift_score') }}),

    final as (
        select
            cast(outcome_kind as {{ dbt.type_string() }}) as outcome_kind,
            cast(measure as {{ dbt.type_string() }}) as measure,
            cast(group_name as {{ dbt.type_string() }}) as group_name,
            cast(group_value as {{ dbt.type_string() }}) as group_value,
            cast(customers as bigint) as customers,
            cast(treated as bigint) as treated,
            cast(control as bigint) as control,
            cast(value as double) as value,
            cast(value_low as double) as value_low,
            cast(value_high as double) as value_high,
            cast(random_value as double) as random_value,
            cast(perfect_value as double) as perfect_value,
            cast(evidence as {{ dbt.type_string() }}) as evidence,
            cast(message as {{ dbt.type_string() }}) as message
        from measured
    )

select *
from final
