{%- set most_contacts, pause = stated_days('campaign_contacts_a_customer', 'contacts'), stated_days('contact_pause_days') %}
with
    customers as (select customer_id from {{ ref('stg_campaigns__responses') }}),

    profits as (select * from {{ ref('campaign_profit_score') }}),

    draws as (select * from {{ ref('int_campaign_draws') }}),

    contacted as ({{ exported_customers("campaign_target_list") }}),

    contacts as (
        select
            subject_id as customer_id,
            max(exported_date) as contact_date,
            count(
                distinct case
                    when {{ dbt.datediff('exported_date', as_of_date(), 'day') }} < 91 then exported_date
                end
            ) as contacts
        from contacted
        group by subject_id
    ),

    people as (
        select
            customers.customer_id,
            {{ may_be_profiled('customers.customer_id', 'campaign_customers') }} as may_be_profiled,
            not (
                {{ may_be_listed('draws', 'contacts.contact_date') }}
                and coalesce(contacts.contacts, 0) < {{ most_contacts }}
            ) as is_paused,
            case
                when draws.is_held_out
                then draws.outcome_date
                when contacts.contacts >= {{ most_contacts }}
                then cast({{ dbt.dateadd('day', [91, pause] | max, 'contacts.contact_date') }} as date)
                else cast({{ dbt.dateadd('day', pause, 'contacts.contact_date') }} as date)
            end as return_date,
            case when draws.is_list_valid then draws.is_held_out end as was_held_out
        from customers
        left join draws on customers.customer_id = draws.customer_id
        left join contacts on customers.customer_id = contacts.customer_id
    ),

    channels as (select distinct campaign_channel from profits),

    reached as (
        select
            people.*,
            channels.campaign_channel,
            {{ may_be_contacted('people.customer_id', 'campaign_customers', channel='channels.campaign_channel') }}
            as may_be_contacted
        from people
        cross join channels
    ),

    actions as (select distinct campaign_type, campaign_channel, spend_level from profits),

    -- Whom a list that is still valid has named, or held out, gets no other action, unless the rules have
    -- changed.
    kept as (
        select draws.customer_id, draws.campaign_type, draws.campaign_channel, draws.spend_level
        from draws
        inner join profits using (customer_id, campaign_type, campaign_channel, spend_level)
        inner join reached using (customer_id, campaign_channel)
        where draws.keeps_offer and reached.may_be_contacted and profits.expected_profit_usd is not null
    ),

    final as (
        select
            reached.*,
            actions.campaign_type,
            actions.spend_level,
            {% for column in ["ad_spend_usd", "conversion_probability", "cost_usd", "expected_profit_usd", "expected_profit_usd_low", "expected_profit_usd_high"] %}
                profits.{{ column }},
            {% endfor %}
            profits.model_version,
            profits.expected_profit_usd is not null as is_known,
            coalesce(
                kept.campaign_type = actions.campaign_type
                and kept.campaign_channel = actions.campaign_channel
                and kept.spend_level = actions.spend_level,
                true
            ) as is_eligible
        from reached
        inner join actions using (campaign_channel)
        left join profits using (customer_id, campaign_type, campaign_channel, spend_level)
        left join kept on reached.customer_id = kept.customer_id
    )

select *
from final
