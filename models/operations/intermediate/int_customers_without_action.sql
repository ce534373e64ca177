{{ depends_on_raw_seeds() }}
with
    decisions as ({{ list_decisions() }}),

    furthest as ({{ furthest_decisions("decisions") }}),

    stages as (
        {% for stage, _ in decision_stages() %}
            select
                {{ loop.index0 }} as stage_number, '{{ stage }}' as stage {{ "union all" if not loop.last }}
        {% endfor %}
    ),

    final as (
        select
            furthest.domain,
            furthest.list_name,
            furthest.subject_id,
            stages.stage,
            furthest.action,
            furthest.currency,
            furthest.expected_money
        from furthest
        inner join stages on furthest.stage_number = stages.stage_number
        where stages.stage <> 'may_be_profiled'
    )

select *
from final
