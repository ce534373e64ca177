{{ depends_on_raw_seeds() }}
{%- set figures = [
    "domain", "list_name", "model_version", "group_name", "group_value", "selection_rule", "n", "value", "value_low",
    "value_high", "rest_value", "ratio", "ratio_low", "ratio_high",
] -%}
with
    compared as ({{ built_rows(list_fairness_scores(), figures, "list_name <> 'none'") }}),

    limits as ({{ fairness_limits() }}),

    judged as (
        select
            compared.domain,
            compared.list_name,
            compared.model_version,
            compared.selection_rule as action,
            compared.group_name,
            compared.group_value,
            compared.n,
            compared.value as rate,
            compared.value_low as rate_low,
            compared.value_high as rate_high,
            compared.rest_value as rest_rate,
            compared.ratio as rate_ratio,
            compared.ratio_low as rate_ratio_low,
            compared.ratio_high as rate_ratio_high,
            limits.lowest_ratio,
            limits.highest_ratio,
            limits.basis,
            case
                when compared.ratio is null
                then 'not comparable'
                when limits.lowest_ratio is null
                then 'no limit stated'
                when compared.ratio_high < limits.lowest_ratio
                then 'below limits'
                when compared.ratio_low > limits.highest_ratio
                then 'above limits'
                when compared.ratio_low >= limits.lowest_ratio and compared.ratio_high <= limits.highest_ratio
                then 'within limits'
                else 'cannot be told'
            end as verdict,
            'descriptive' as evidence
        from compared
        left join limits on compared.domain = limits.domain and compared.group_name = limits.group_name
    ),

    final as (select {{ as_contracted() }} from judged)

select *
from final
