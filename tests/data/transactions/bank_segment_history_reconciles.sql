-- Who is in which segment today is what the history says, one open state for each customer; and none else
-- is open.
with
    segments as (select * from {{ ref('bank_customer_segments') }}),

    open_states as (select * from {{ ref('bank_segment_history') }} where dbt_valid_to is null),

    compared as (
        select
            coalesce(segments.client_id, open_states.client_id) as client_id,
            segments.segment_id,
            open_states.segment_id as segment_id_in_history
        from segments
        full outer join open_states on segments.client_id = open_states.client_id
        where
            segments.client_id is null
            or open_states.client_id is null
            or coalesce(segments.segment_id, -1) <> coalesce(open_states.segment_id, -1)
            or segments.model_version <> open_states.model_version
    )

select *
from compared
