{#- How each segment differs from everybody, from a score of methods/profiles.py. -#}
{% macro segment_profiles(profiles) %}
    with
        profiles as (select * from {{ profiles }}),

        final as (
            select
                cast(segment_id as integer) as segment_id,
                cast(segment_name as {{ dbt.type_string() }}) as segment_name,
                cast(theme as {{ dbt.type_string() }}) as theme,
                cast(trait as {{ dbt.type_string() }}) as trait,
                cast(kind as {{ dbt.type_string() }}) as kind,
                cast(value as double) as value,
                cast(value_low as double) as value_low,
                cast(value_high as double) as value_high,
                cast(n as bigint) as n,
                cast(population_value as double) as population_value,
                cast(population_index as double) as population_index,
                cast(population_index_low as double) as population_index_low,
                cast(population_index_high as double) as population_index_high,
                cast(p_value as double) as p_value,
                cast(p_value_corrected as double) as p_value_corrected,
                cast(is_distinguishable as boolean) as is_distinguishable,
                cast(is_by_construction as boolean) as is_by_construction,
                'descriptive' as evidence,
                cast(method as {{ dbt.type_string() }}) as method,
                cast(model_version as bigint) as model_version
            from profiles
        )

    select *
    from final
{% endmacro %}
