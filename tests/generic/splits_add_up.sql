{#- The channels of a split sum to its total; no split of the same budget brings less than what was spent; and over the
    observed days what was spent brings what the effects say. -#}
{% test splits_add_up(model) %}
    with
        channels as (
            select
                horizon,
                scenario,
                sum(case when channel = 'all' then -spend_usd else spend_usd end) as spend_usd,
                sum(case when channel = 'all' then -net_revenue_usd else net_revenue_usd end) as net_revenue_usd,
                max(case when channel = 'all' and scenario = 'best_split' then change_usd else 0 end) as gained_usd
            from {{ model }}
            group by horizon, scenario
        )

    select horizon, scenario, spend_usd, net_revenue_usd, gained_usd
    from channels
    where abs(spend_usd) > 0.01 or abs(net_revenue_usd) > 0.01 or gained_usd < -0.01
    union all
    select split.horizon, split.channel, split.spend_usd, split.net_revenue_usd, effects.net_revenue_usd
    from {{ model }} as split
    inner join
        {{ ref("marketing_mix_effects") }} as effects
        on split.channel = effects.component
        and effects.period = 'all'
    where
        split.horizon = 'observed'
        and split.scenario = 'as_spent'
        and abs(split.net_revenue_usd - effects.net_revenue_usd) > 0.01
{% endtest %}
