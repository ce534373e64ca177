{#- For a segment history: who is in which segment today is what it says, one open state for each customer; and none
    else is open. No state ends before it begins. -#}
{% test agrees_with_segments(model, segments, key) %}
with open_states as (select * from {{ model }} where valid_to is null)

select
    coalesce(segments.{{ key }}, open_states.{{ key }}) as {{ key }},
    segments.segment_id,
    open_states.segment_id as segment_id_in_history
from {{ segments }} as segments
full outer join open_states on segments.{{ key }} = open_states.{{ key }}
where
    segments.{{ key }} is null
    or open_states.{{ key }} is null
    or coalesce(segments.segment_id, -1) <> coalesce(open_states.segment_id, -1)
    or segments.model_version <> open_states.model_version
union all
select {{ key }}, segment_id, null from {{ model }} where valid_to < valid_from
{% endtest %}
