with
    responses as (select * from {{ ref('int_campaign_responses') }}),

    segments as (select * from {{ ref('campaign_customer_segments') }}),

    actions as (select * from {{ ref('stg_campaigns__actions') }}),

    given as (select * from {{ ref('campaign_profit_score') }} where is_given),

    spent as (
        select
            responses.customer_id,
            responses.campaign_type,
            responses.campaign_channel,
            coalesce(segments.segment_name, '(nothing)') as segment_name,
            given.spend_level,
            'all' as all_customers,
            responses.campaign_type || ', ' || given.spend_level as campaign_plan,
            cast(responses.ad_spend_usd as double) as ad_spend_usd,
            case when responses.has_converted then 1 else 0 end as converted,
            given.conversion_probability,
            given.is_out_of_fold,
            given.model_version,
            cast(actions.conversion_value_usd as double) as value_of_one,
            cast(actions.conversion_value_usd_low as double) as value_of_one_low,
            cast(actions.conversion_value_usd_high as double) as value_of_one_high,
            cast(actions.cost_if_accepted_usd as double) as cost_if_accepted_usd,
            cast(actions.cost_per_contact_usd as double) + {% if var("campaign_spend_is_sunk") | as_bool %} 0
            {% else %} coalesce(cast(responses.ad_spend_usd as double), 0)
            {% endif %} as cost_of_contact_usd,
            actions.basis
        from responses
        left join segments on responses.customer_id = segments.customer_id
        left join
            actions
            on responses.campaign_type = actions.campaign_type
            and responses.campaign_channel = actions.campaign_channel
        left join given on responses.customer_id = given.customer_id
    ),

    final as (
        select
            *,
            converted * value_of_one as value_usd,
            converted * (value_of_one - value_of_one_low) as value_below_usd,
            converted * (value_of_one_high - value_of_one) as value_above_usd,
            cost_of_contact_usd + converted * cost_if_accepted_usd as cost_usd,
            converted * (value_of_one - cost_if_accepted_usd) - cost_of_contact_usd as profit_usd,
            conversion_probability * (value_of_one - cost_if_accepted_usd)
            - cost_of_contact_usd as expected_profit_usd
        from spent
    )

select *
from final
