{#- All columns of a segment snapshot, since it is restored from what is published. -#}
{% macro segment_history(snapshot, key) %}
    select
        cast({{ key }} as bigint) as {{ key }},
        cast(segment_id as integer) as segment_id,
        cast(segment_name as {{ dbt.type_string() }}) as segment_name,
        cast(method as {{ dbt.type_string() }}) as method,
        cast(model_version as bigint) as model_version,
        cast(dbt_scd_id as {{ dbt.type_string() }}) as dbt_scd_id,
        cast(dbt_updated_at as {{ dbt.type_timestamp() }}) as dbt_updated_at,
        cast(dbt_valid_from as {{ dbt.type_timestamp() }}) as dbt_valid_from,
        cast(dbt_valid_to as {{ dbt.type_timestamp() }}) as dbt_valid_to
    from {{ snapshot }}
{% endmacro %}
