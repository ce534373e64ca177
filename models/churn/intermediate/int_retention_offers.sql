with
    decisions as (select * from {{ ref('int_retention_decisions') }}),

    final as (
        select
            customer_id,
            action,
            churn_probability,
            exit_probability,
            exit_probability_low,
            exit_probability_high,
            horizon_years,
            value_at_risk,
            cost,
            assumed_effect,
            expected_net_gain,
            expected_net_gain_low,
            expected_net_gain_high,
            was_held_out
        from decisions
        where is_known and may_be_profiled and may_be_contacted and not is_paused and is_eligible
    )

select *
from final
