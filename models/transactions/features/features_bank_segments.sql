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
        select client_id, spending_group, sum(purchases_usd) as purchases_usd
        from monthly
        group by client_id, spending_group
    ),

    shares as (
        select
            summaries.client_id,
            summaries.transactions,
            summaries.recency_days,
            cast(summaries.purchases_usd as double) as purchases_usd,
            by_group.spending_group,
            case
                when summaries.purchases_usd > 0
                then cast(by_group.purchases_usd as double) / cast(summaries.purchases_usd as double)
                else 0
            end as share
        from summaries
        left join by_group on summaries.client_id = by_group.client_id
    ),

    final as (
        select
            client_id,
            transactions,
            recency_days,
            purchases_usd,
            {% for name in spending_groups -%}
                sum(case when spending_group = '{{ name }}' then share else 0 end) as {{ name }}_share
                {{- "," if not loop.last }}
            {% endfor %}
        from shares
        group by client_id, transactions, recency_days, purchases_usd
    )

select *
from final
