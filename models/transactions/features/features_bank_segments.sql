{%- set spending_groups = [
    "car_care", "clothing", "commuting", "department_stores", "electronics", "entertainment", "fuel", "gambling",
    "groceries", "health_and_beauty", "hobbies_and_gifts", "home_and_garden", "industrial_supplies",
    "money_transfers", "other", "professional_services", "restaurants", "travel", "utilities_and_telecom",
] -%}
with
    summaries as (select * from {{ ref('customer_transaction_summaries') }}),

    monthly as (select * from {{ ref('customer_monthly_spending') }}),

    -- Purchases only: a refund gives back what was spent in another month, perhaps in another group.
    by_group as (
        select
            client_id,
            {% for spending_group in spending_groups -%}
                sum(
                    case when spending_group = '{{ spending_group }}' then purchases_usd else 0 end
                ) as {{ spending_group }}_usd{{ "," if not loop.last }}
            {% endfor %}
        from monthly
        group by client_id
    ),

    final as (
        select
            summaries.client_id,
            summaries.transactions,
            summaries.recency_days,
            cast(summaries.purchases_usd as double) as purchases_usd,
            {% for spending_group in spending_groups -%}
                coalesce(
                    cast(by_group.{{ spending_group }}_usd as double)
                    / nullif(cast(summaries.purchases_usd as double), 0),
                    0
                ) as {{ spending_group }}_share{{ "," if not loop.last }}
            {% endfor %}
        from summaries
        left join by_group on summaries.client_id = by_group.client_id
    )

select *
from final
