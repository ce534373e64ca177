{{ depends_on_raw_seeds() }}
with
    decisions as ({{ list_decisions() }}),

    stages as (
        {% for stage, _ in decision_stages() %}
            select
                {{ loop.index0 }} as stage_number, '{{ stage }}' as stage {{ "union all" if not loop.last }}
        {% endfor %}
    ),

    final as (
        select
            decisions.domain,
            decisions.list_name,
            decisions.subject_id,
            stages.stage,
            decisions.action,
            decisions.currency,
            decisions.expected_money
        from decisions
        inner join stages on decisions.stage_number = stages.stage_number
        where decisions.is_furthest and stages.stage <> 'may_be_profiled'
    )

select *
from final
