{% set z = 1.959963984540054 %}

with
    customers as (select * from {{ ref('int_campaign_money') }} where profit_usd is not null),

    stated as (
        select
            avg(
                case when expected_profit_usd > 0 then 1.0 when expected_profit_usd <= 0 then 0.0 end
            ) as planned_share,
            {{ common_basis() }} as basis,
            max(model_version) as model_version
        from customers
    ),

    ordered as (
        select
            *,
            -- Whoever is expected to earn as much stands in the same step: no order among them.
            cast(
                ceil(50 * cume_dist() over (order by coalesce(expected_profit_usd, 0) desc) - 1e-9) as integer
            ) as step
        from customers
    ),

    steps as (
        select
            step,
            count(*) as customers,
            sum(converted) as conversions,
            sum(expected_profit_usd) as expected_profit_usd,
            sum(profit_usd) as profit_usd,
            sum(profit_usd * profit_usd) as squares
        from ordered
        group by step
        union all
        select 0, 0, 0, 0, 0, 0
    ),

    curve as (
        select
            step / 50.0 as share_contacted,
            {% for figure in ["customers", "conversions", "expected_profit_usd", "profit_usd", "squares"] %}
                sum({{ figure }}) over (order by step) as {{ figure }},
            {% endfor %}
            sum(customers) over () as n,
            sum(customers) over (order by step) / cast(nullif(sum(customers) over (), 0) as double) as part,
            sum(profit_usd) over () as profit_of_all,
            sum(squares) over () as squares_of_all
        from steps
    ),

    best as (select *, row_number() over (order by profit_usd desc, share_contacted asc) as place from curve),

    compared as (
        select
            curve.*,
            curve.part * curve.profit_of_all as profit_at_random_usd,
            curve.profit_usd - curve.part * curve.profit_of_all as gain_usd,
            best.share_contacted as best_share,
            -- What the customers between this share and the best earn can't be told from 0, 51 shares
            -- together.
            abs(best.profit_usd - curve.profit_usd)
            <= 3.30
            * {{ sum_error("abs(best.squares - curve.squares)", "best.profit_usd - curve.profit_usd", "curve.n") }}
            as may_be_best
        from curve
        inner join best on best.place = 1
    ),

    bounded as (
        select
            *,
            {{ sum_error("squares", "profit_usd", "customers") }} as profit_usd_error,
            {{ sum_error("part * squares_of_all", "sqrt(part) * profit_of_all", "n") }}
            as profit_at_random_usd_error,
            {{ sum_error("power(1 - part, 2) * squares + power(part, 2) * (squares_of_all - squares)", "gain_usd", "n") }}
            as gain_usd_error,
            min(case when may_be_best then share_contacted end) over () as best_share_low,
            max(case when may_be_best then share_contacted end) over () as best_share_high
        from compared
    ),

    final as (
        select
            bounded.*,
            {% for figure in ["profit_usd", "profit_at_random_usd", "gain_usd"] %}
                {{ figure }} - {{ z }} * {{ figure }}_error as {{ figure }}_low,
                {{ figure }} + {{ z }} * {{ figure }}_error as {{ figure }}_high,
            {% endfor %}
            stated.*,
            'descriptive' as evidence,
            false as is_incremental
        from bounded
        cross join stated
    )

select {{ as_contracted() }}
from final
