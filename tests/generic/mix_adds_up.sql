{#- Parts of the marketing mix sum to the net revenue of the days that it was fitted to, over all of them and by month. -#}
{% test mix_adds_up(model) %}
    with
        parts as (
            select period, sum(net_revenue_usd) as net_revenue_usd
            from {{ model }}
            group by period
        ),

        days as (
            select
                substr(cast(from_date as {{ dbt.type_string() }}), 1, 7) as month, sum(net_revenue_usd) as net_revenue_usd
            from {{ ref("features_marketing_mix") }}
            where kind = 'day'
            group by 1
        ),

        expected as (
            select month as period, net_revenue_usd
            from days
            union all
            select 'all', sum(net_revenue_usd)
            from days
        )

    select expected.*, parts.net_revenue_usd as sum_of_parts_usd
    from parts
    left join expected on parts.period = expected.period
    where coalesce(abs(parts.net_revenue_usd - expected.net_revenue_usd), 1) > 0.01
{% endtest %}
