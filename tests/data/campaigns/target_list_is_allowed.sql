-- Nobody on the campaign list may not be contacted, pauses or is held out,
-- and the list is within contacts and budget.
{%- set contacts, budget = var('campaign_contacts'), var('campaign_budget') %}
with
    targets as (select * from {{ ref('campaign_target_list') }}),

    allowed as (
        select *
        from {{ ref('int_campaign_decisions') }}
        where is_known and may_be_profiled and may_be_contacted and not is_paused and is_eligible
    ),

    held_out as (select customer_id from {{ ref('campaign_target_holdout') }}),

    totals as (select count(*) as contacts, sum(cost_usd) as cost_usd from targets)

select targets.customer_id, 'may not be contacted so, pauses or is held out' as problem
from targets
left join
    allowed
    on targets.customer_id = allowed.customer_id
    and targets.campaign_type = allowed.campaign_type
    and targets.campaign_channel = allowed.campaign_channel
    and targets.spend_level = allowed.spend_level
where allowed.customer_id is null or targets.customer_id in (select held_out.customer_id from held_out)
union all
select null, 'more contacts or money than allowed'
from totals
where
    contacts > {{ 'contacts' if contacts in (none, '') else contacts }}
    or cost_usd > {{ 'cost_usd' if budget in (none, '') else budget }} + 0.005
