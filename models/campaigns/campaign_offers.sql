{#- What loses comes in only where limits demand that something is used. -#}
{%- set limits = tojson(var("campaign_channel_limits")) ~ tojson(var("campaign_type_limits")) %}
with
    decisions as (select * from {{ ref('int_campaign_decisions') }}),

    drawn as (select customer_id from {{ ref('campaign_plan_score') }} where part = 'drawn'),

    offered as (
        select decisions.*, drawn.customer_id is not null as is_drawn
        from decisions
        left join drawn on decisions.customer_id = drawn.customer_id
        where
            decisions.is_known and decisions.may_be_contacted and not decisions.is_paused
            {% if "least" not in limits %} and decisions.expected_profit_usd > 0 {% endif %}
    ),

    final as (select {{ as_contracted() }} from offered)

select *
from final
