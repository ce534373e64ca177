{#- From the segment in which each customer of today was first seen to the one of today; who stayed is on the diagonal. -#}
{% macro segment_migration_matrix(history, key) %}
    with
        known as (select * from {{ history }} where segment_id is not null),

        ranked as (
            select *, row_number() over (partition by {{ key }} order by dbt_valid_from) as place from known
        ),

        -- Segments go by the name they have today, which a refit may have changed.
        names as (
            select segment_id, segment_name, row_number() over (partition by segment_id order by dbt_valid_from desc) as place
            from known
        ),

        pairs as (
            select firsts.segment_id as from_segment_id, present.segment_id as to_segment_id
            from known as present
            inner join ranked as firsts on present.{{ key }} = firsts.{{ key }} and firsts.place = 1
            where present.dbt_valid_to is null
        ),

        counted as (
            select
                from_segment_id,
                to_segment_id,
                count(*) as customers,
                sum(count(*)) over (partition by from_segment_id) as from_customers
            from pairs
            group by from_segment_id, to_segment_id
        ),

        final as (
            select
                counted.from_segment_id,
                from_names.segment_name as from_segment_name,
                counted.to_segment_id,
                to_names.segment_name as to_segment_name,
                cast(counted.customers as bigint) as customers,
                cast(counted.from_customers as bigint) as from_customers,
                cast(counted.customers as double) / counted.from_customers as share,
                {{ wilson_low("counted.customers", "counted.from_customers") }} as share_low,
                {{ wilson_high("counted.customers", "counted.from_customers") }} as share_high
            from counted
            inner join names as from_names
                on counted.from_segment_id = from_names.segment_id and from_names.place = 1
            inner join names as to_names on counted.to_segment_id = to_names.segment_id and to_names.place = 1
        )

    select *
    from final
{% endmacro %}
