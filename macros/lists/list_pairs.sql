{#- What a list (`present`) and the one before it (`past`) say of each customer whom either of them names; `figure` is the
    column by which places are given. -#}
{% macro list_pairs(present, past, figure) %}
    with
        pairs as (
            select
                coalesce(now.subject_id, before.subject_id) as subject_id,
                case when not before.is_held_out then before.offered end as previous_action,
                case when not now.is_held_out then now.offered end as action,
                before.{{ figure }} as previous_figure,
                coalesce(before.is_held_out, false) as was_held_out,
                coalesce(now.is_held_out, false) as is_held_out
            from {{ present }} as now
            full join {{ past }} as before on now.subject_id = before.subject_id
        )

    select
        *,
        case
            when previous_action is null
            then 'entered'
            when action is null
            then 'left'
            when action <> previous_action
            then 'moved'
            else 'stayed'
        end as change
    from pairs
    where previous_action is not null or action is not null
{% endmacro %}
