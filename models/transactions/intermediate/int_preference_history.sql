with
    features as (select * from {{ ref('features_preferences') }}),

    cut_offs as (select cut_off from {{ ref('int_preference_cutoffs') }} where has_outcome),

    monthly as (select * from {{ ref('customer_monthly_spending') }} where purchases > 0),

    outcomes as (
        select
            monthly.client_id,
            monthly.spending_group,
            cut_offs.cut_off,
            sum(monthly.purchases) as next_purchases,
            sum(monthly.purchases_usd) as next_spending_usd
        from monthly
        inner join
            cut_offs
            on monthly.month >= cut_offs.cut_off
            and monthly.month < {{ dbt.dateadd('month', 3, 'cut_offs.cut_off') }}
        group by monthly.client_id, monthly.spending_group, cut_offs.cut_off
    ),

    final as (
        select
            {% for name in model["columns"] if not name.startswith("next_") %}
                features.{{ name }},
            {% endfor %}
            cast(coalesce(outcomes.next_purchases, 0) as bigint) as next_purchases,
            cast(coalesce(outcomes.next_spending_usd, 0) as double) as next_spending_usd
        from features
        inner join cut_offs on features.cut_off = cut_offs.cut_off
        left join
            outcomes
            on features.client_id = outcomes.client_id
            and features.spending_group = outcomes.spending_group
            and features.cut_off = outcomes.cut_off
    )

select *
from final
