with
    decisions as (select * from {{ ref('raw_campaign_decisions') }}),

    renamed as (
        select
            decision_id,
            customer_id,
            nullif(trim(campaign_type), '') as campaign_type,
            nullif(trim(campaign_channel), '') as campaign_channel,
            probability,
            candidates,
            policy_version,
            decided_at,
            outcome as has_converted,
            outcome_at
        from decisions
    )

select *
from renamed
