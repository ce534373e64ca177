{%- set most_contacts = stated_days('campaign_contacts_a_customer', 'contacts') %}
with
    profits as (
        select *
        from {{ ref('campaign_profit_score') }}
        where
            expected_profit_usd is not null
            and {{ may_be_contacted('customer_id', 'campaign_customers', channel='campaign_channel') }}
    ),

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

    known as (
        select
            profits.*,
            coalesce(
                draws.is_list_valid
                and draws.campaign_type = profits.campaign_type
                and draws.campaign_channel = profits.campaign_channel
                and draws.spend_level = profits.spend_level,
                false
            ) as is_same_action,
            case when draws.is_list_valid then draws.is_held_out end as was_held_out,
            {{ may_be_listed('draws', 'contacts.contact_date') }}
            and coalesce(contacts.contacts, 0) < {{ most_contacts }} as may_be_listed,
            case
                when draws.is_held_out
                then draws.outcome_date
                when contacts.contact_date is not null
                then
                    cast(
                        {{
                            dbt.dateadd(
                                'day',
                                "case when contacts.contacts >= " ~ most_contacts
                                ~ " then greatest(91, " ~ stated_days('contact_pause_days') ~ ") else "
                                ~ stated_days('contact_pause_days') ~ " end",
                                'contacts.contact_date',
                            )
                        }} as date
                    )
            end as return_date
        from profits
        left join draws on profits.customer_id = draws.customer_id
        left join contacts on profits.customer_id = contacts.customer_id
    ),

    -- What a list that is still valid has named, or held out from, stays.
    marked as (
        select
            *, max(case when is_same_action then 1 else 0 end) over (partition by customer_id) as keeps_action
        from known
    ),

    final as (
        select
            customer_id,
            campaign_type,
            campaign_channel,
            spend_level,
            ad_spend_usd,
            conversion_probability,
            cost_usd,
            expected_profit_usd,
            expected_profit_usd_low,
            expected_profit_usd_high,
            was_held_out,
            may_be_listed,
            return_date,
            model_version
        from marked
        where keeps_action = 0 or is_same_action
    )

select *
from final
