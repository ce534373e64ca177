with
    chosen as (select * from {{ ref('retention_choice_score') }} where not is_held_out),

    scores as (select * from {{ ref('churn_scores') }}),

    actions as (select * from {{ ref('stg_churn__retention_actions') }}),

    final as (
        select
            cast(chosen.customer_id as bigint) as customer_id,
            cast(chosen.call_rank as integer) as call_rank,
            cast(chosen.churn_probability as double) as churn_probability,
            cast(chosen.exit_probability as double) as exit_probability,
            cast(chosen.horizon_years as double) as horizon_years,
            cast(chosen.value_at_risk as double) as value_at_risk,
            cast(chosen.action as {{ dbt.type_string() }}) as recommended_action,
            cast(actions.description as {{ dbt.type_string() }}) as action_description,
            cast(chosen.cost as double) as cost,
            cast(chosen.expected_net_gain as double) as expected_net_gain,
            cast(chosen.expected_net_gain_low as double) as expected_net_gain_low,
            cast(chosen.expected_net_gain_high as double) as expected_net_gain_high,
            scores.reason,
            scores.talk_about,
            cast({{ dbt.string_literal(var("churn_currency")) }} as {{ dbt.type_string() }}) as currency,
            cast(scores.model_version as bigint) as model_version,
            cast({{ dbt.dateadd("day", 6, as_of_date()) }} as date) as valid_until
        from chosen
        inner join actions on chosen.action = actions.action
        inner join scores on chosen.customer_id = scores.customer_id
    )

select *
from final
