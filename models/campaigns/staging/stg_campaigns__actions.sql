with
    types as (select * from {{ ref('campaign_types') }}),

    channels as (select * from {{ ref('campaign_channels') }}),

    said_of_types as (
        select
            trim(campaign_type) as campaign_type,
            {{ assumed_money("campaign_type", "conversion_value_usd") }} as conversion_value_usd,
            {{ assumed_money("campaign_type", "conversion_value_usd_low") }} as value_low,
            {{ assumed_money("campaign_type", "conversion_value_usd_high") }} as value_high,
            {{ assumed_money("campaign_type", "cost_if_accepted_usd") }} as cost_if_accepted_usd,
            {{ assumed_money("campaign_type", "basis") }} as basis
        from types
    ),

    said_of_channels as (
        select
            trim(campaign_channel) as campaign_channel,
            {{ assumed_money("campaign_channel", "cost_per_contact_usd") }} as cost_per_contact_usd,
            {{ assumed_money("campaign_channel", "cost_if_accepted_usd") }} as cost_if_accepted_usd,
            {{ assumed_money("campaign_channel", "basis") }} as basis
        from channels
    ),

    final as (
        select
            said_of_types.campaign_type,
            said_of_channels.campaign_channel,
            said_of_types.conversion_value_usd,
            -- A value that a var raises or lowers past the seed's ends takes them along.
            least(said_of_types.value_low, said_of_types.conversion_value_usd) as conversion_value_usd_low,
            greatest(
                said_of_types.value_high, said_of_types.conversion_value_usd
            ) as conversion_value_usd_high,
            said_of_channels.cost_per_contact_usd,
            said_of_types.cost_if_accepted_usd
            + said_of_channels.cost_if_accepted_usd as cost_if_accepted_usd,
            case
                when 'var' in (said_of_types.basis, said_of_channels.basis)
                then 'var'
                when said_of_types.basis = said_of_channels.basis
                then said_of_types.basis
                else 'assumption'
            end as basis
        from said_of_types
        cross join said_of_channels
    )

select *
from final
