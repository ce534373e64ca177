{#- Who was in which segment from when to when, from a snapshot. Who moved has the segment that was left and the reason;
    who is new, or has the same segment by another version, has neither; who objects to profiling isn't there. -#}
{% macro segment_history(snapshot, key) %}
    with
        states as (select * from {{ snapshot }} where {{ may_be_profiled(key, own_population()) }}),

        known as (
            select
                {{ key }},
                valid_from,
                segment_id,
                model_version,
                lag(segment_id) over (partition by {{ key }} order by valid_from) as previous_segment_id,
                lag(segment_name) over (partition by {{ key }} order by valid_from) as previous_segment_name,
                lag(model_version) over (partition by {{ key }} order by valid_from) as previous_model_version
            from states
            where segment_id is not null
        ),

        moves as (select * from known where segment_id <> previous_segment_id),

        final as (
            select
                cast(states.{{ key }} as bigint) as {{ key }},
                cast(states.segment_id as integer) as segment_id,
                cast(states.segment_name as {{ dbt.type_string() }}) as segment_name,
                cast(moves.previous_segment_name as {{ dbt.type_string() }}) as previous_segment_name,
                cast(
                    case
                        when moves.model_version = moves.previous_model_version
                        then 'features'
                        when moves.model_version <> moves.previous_model_version
                        then 'refit'
                    end as {{ dbt.type_string() }}
                ) as reason,
                cast(states.method as {{ dbt.type_string() }}) as method,
                cast(states.model_version as bigint) as model_version,
                cast(states.valid_from as {{ dbt.type_timestamp() }}) as valid_from,
                cast(states.valid_to as {{ dbt.type_timestamp() }}) as valid_to
            from states
            left join moves on states.{{ key }} = moves.{{ key }} and states.valid_from = moves.valid_from
        )

    select *
    from final
{% endmacro %}
