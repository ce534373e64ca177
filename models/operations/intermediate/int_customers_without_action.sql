with
    decisions as (select * from {{ ref('int_decisions') }}),

    -- The action that came furthest; of equals the one of the most money.
    ranked as (
        select
            *,
            row_number() over (
                partition by list_name, subject_id order by stage_number desc, expected_money desc, action
            ) as place
        from decisions
    ),

    stages as (
        {% for stage, _ in decision_stages() %}
            select
                {{ loop.index0 }} as stage_number, '{{ stage }}' as stage {{ "union all" if not loop.last }}
        {% endfor %}
    ),

    final as (
        select
            ranked.domain,
            ranked.list_name,
            ranked.subject_id,
            stages.stage,
            ranked.action,
            ranked.currency,
            ranked.expected_money
        from ranked
        inner join stages on ranked.stage_number = stages.stage_number
        where ranked.place = 1 and stages.stage <> 'may_be_profiled'
    )

select *
from final
