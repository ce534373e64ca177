{%- set windows = {"1_month": 1, "3_months": 3, "6_months": 6, "12_months": 12} -%}
with
    cut_offs as (select cut_off from {{ ref('int_preference_cutoffs') }}),

    monthly as (select * from {{ ref('customer_monthly_spending') }} where purchases > 0),

    ever as (select * from {{ ref('int_purchases_ever') }}),

    customers as (select * from {{ ref('bank_customers') }}),

    cards as (select * from {{ ref('cards') }}),

    spending_groups as (
        select distinct spending_group from {{ ref('merchant_categories') }} where spending_group <> 'other'
    ),

    -- Whole months before the cut-off: 0 is the last one.
    last_year as (
        select
            cut_offs.cut_off,
            monthly.*,
            {{ dbt.datediff('monthly.month', 'cut_offs.cut_off', 'month') }} - 1 as months_ago
        from monthly
        inner join cut_offs on monthly.month < cut_offs.cut_off
        where monthly.month >= {{ dbt.dateadd('month', -12, 'cut_offs.cut_off') }}
    ),

    of_year as (
        select
            cut_off,
            client_id,
            spending_group,
            {% for name, months in windows.items() %}
                {% for what in ["purchases", "purchases_usd"] %}
                    sum(
                        case when months_ago < {{ months }} then {{ what }} else 0 end
                    ) as {{ what }}_{{ name }},
                {% endfor %}
            {% endfor %}
            cast(sum(online_transactions) as double) / nullif(sum(transactions), 0) as group_online_share
        from last_year
        group by cut_off, client_id, spending_group
    ),

    of_clients as (
        select
            cut_off,
            client_id,
            {% for name in windows %}
                sum(purchases_{{ name }}) as all_purchases_{{ name }}{{ "," if not loop.last }}
            {% endfor %}
        from of_year
        group by cut_off, client_id
    ),

    of_cards as (
        select
            {% for type in ["credit", "debit", "prepaid"] %}
                count(case when cards.card_type = '{{ type }}' then 1 end) as {{ type }}_cards_opened,
            {% endfor %}
            cut_offs.cut_off,
            cards.client_id
        from cards
        inner join cut_offs on cards.opened_month < cut_offs.cut_off
        group by cut_offs.cut_off, cards.client_id
    ),

    final as (
        select
            client_id,
            spending_group,
            cut_off,
            {% for name in windows %}
                cast(coalesce(of_year.purchases_{{ name }}, 0) as bigint) as purchases_{{ name }},
                cast(coalesce(of_year.purchases_usd_{{ name }}, 0) as double) as purchases_usd_{{ name }},
                cast(of_clients.all_purchases_{{ name }} as bigint) as all_purchases_{{ name }},
            {% endfor %}
            cast(coalesce(ever.purchases_ever, 0) as bigint) as purchases_ever,
            cast(coalesce(ever.purchases_usd_ever, 0) as double) as purchases_usd_ever,
            cast(
                {{ dbt.datediff('ever.last_month', 'cut_off', 'month') }} - 1 as integer
            ) as months_since_purchase,
            of_year.group_online_share,
            {% for type in ["credit", "debit", "prepaid"] %}
                cast(coalesce(of_cards.{{ type }}_cards_opened, 0) as integer) as {{ type }}_cards_opened,
            {% endfor %}
            customers.age_years,
            cast(customers.yearly_income_usd as double) as yearly_income_usd,
            customers.debt_to_income,
            customers.credit_score
        from of_clients
        cross join spending_groups
        left join ever using (cut_off, client_id, spending_group)
        left join of_year using (cut_off, client_id, spending_group)
        left join of_cards using (cut_off, client_id)
        left join customers using (client_id)
    )

select *
from final
