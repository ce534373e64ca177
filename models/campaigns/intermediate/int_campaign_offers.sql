with
    candidates as (select * from {{ ref('int_campaign_candidates') }}),

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
            model_version
        from candidates
        where may_be_listed
    )

select *
from final
