{#- Who moved from one segment to another, from a segment history: states of a customer one after the other. -#}
{% macro segment_migrations(history, key) %}
    with
        known as (select * from {{ history }} where segment_id is not null),

        numbered as (
            select *, row_number() over (partition by {{ key }} order by dbt_valid_from) as place from known
        ),

        final as (
            select
                later.{{ key }},
                later.dbt_valid_from as migrated_at,
                earlier.segment_id as from_segment_id,
                earlier.segment_name as from_segment_name,
                later.segment_id as to_segment_id,
                later.segment_name as to_segment_name,
                earlier.model_version as from_model_version,
                later.model_version as to_model_version,
                case when earlier.model_version = later.model_version then 'features' else 'refit' end as reason
            from numbered as later
            inner join numbered as earlier
                on later.{{ key }} = earlier.{{ key }} and later.place = earlier.place + 1
            where later.segment_id <> earlier.segment_id
        )

    select *
    from final
{% endmacro %}
