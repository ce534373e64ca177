{#- Which segment each customer is in, from a score, and whether they may be contacted. -#}
{% macro customer_segments(scores, key, population, do_not_contact) %}
    with
        scores as (select * from {{ scores }}),

        final as (
            select
                cast({{ key }} as bigint) as {{ key }},
                cast(segment_id as integer) as segment_id,
                cast(segment_name as {{ dbt.type_string() }}) as segment_name,
                cast(membership_strength as double) as membership_strength,
                cast(method as {{ dbt.type_string() }}) as method,
                {{ may_be_contacted(key, population, do_not_contact) }} as may_be_contacted,
                cast(model_version as bigint) as model_version
            from scores
        )

    select *
    from final
{% endmacro %}
