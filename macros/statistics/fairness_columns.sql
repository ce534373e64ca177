{#- The columns of fairness between groups of people, cast, from a score of methods/fairness.py. -#}
{% macro fairness_columns() -%}
    cast(trait as {{ dbt.type_string() }}) as trait,
    cast(group_name as {{ dbt.type_string() }}) as group_name,
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
    cast(is_different as boolean) as is_different,
    cast('descriptive' as {{ dbt.type_string() }}) as evidence,
    cast(model_version as bigint) as model_version
{%- endmacro %}
