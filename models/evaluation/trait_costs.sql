{{ depends_on_raw_seeds() }}
with
    costs as ({{ fit_table(ref('model_registry'), 'trait_costs') }}),

    money as ({{ event_money() }}),

    final as (
        select
            costs.domain,
            costs.model_name,
            costs.model_version,
            costs.depth,
            costs.left_out,
            costs.made_of,
            costs.n,
            costs.log_loss,
            costs.log_loss_increase,
            costs.log_loss_increase_low,
            costs.log_loss_increase_high,
            costs.events_lost,
            costs.events_lost_low,
            costs.events_lost_high,
            money.money_per_event,
            costs.events_lost * money.money_per_event as expected_money_lost,
            costs.events_lost_low * money.money_per_event as expected_money_lost_low,
            costs.events_lost_high * money.money_per_event as expected_money_lost_high,
            money.currency,
            costs.message
        from costs
        left join money on costs.model_name = money.model_name
    )

select *
from final
