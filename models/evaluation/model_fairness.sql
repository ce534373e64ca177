{%- set columns = [
    "domain", "model_name", "model_version", "group_name", "group_value", "measure", "selection_rule", "n", "value",
    "value_low", "value_high", "rest_value", "difference", "difference_low", "difference_high", "is_distinguishable",
] -%}
{{ depends_on_raw_seeds() }}
with
    scores as ({{ built_rows(fairness_scores(), columns) }}),

    final as (
        select
            cast(domain as {{ dbt.type_string() }}) as domain,
            cast(model_name as {{ dbt.type_string() }}) as model_name,
            cast(model_version as bigint) as model_version,
            cast(group_name as {{ dbt.type_string() }}) as group_name,
            cast(group_value as {{ dbt.type_string() }}) as group_value,
            cast(measure as {{ dbt.type_string() }}) as measure,
            cast(selection_rule as {{ dbt.type_string() }}) as selection_rule,
            cast(n as bigint) as n,
            cast(value as double) as value,
            cast(value_low as double) as value_low,
            cast(value_high as double) as value_high,
            cast(rest_value as double) as rest_value,
            cast(difference as double) as difference,
            cast(difference_low as double) as difference_low,
            cast(difference_high as double) as difference_high,
            cast(is_distinguishable as boolean) as is_distinguishable,
            cast('descriptive' as {{ dbt.type_string() }}) as evidence
        from scores
    )

select *
from final
