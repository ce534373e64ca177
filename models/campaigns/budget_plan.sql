with
    parts as (select * from {{ ref('campaign_plan_score') }}),

    final as (select {{ as_contracted() }} from parts where part = 'plan')

select *
from final
