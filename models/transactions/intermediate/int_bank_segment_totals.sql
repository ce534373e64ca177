{% set card_traits = [
    ("value", "purchases_usd", "amount", "purchases_usd", "case when has_transactions then purchases_usd end"),
    ("value", "purchases_usd_an_active_month", "amount", "purchases_usd", "purchases_usd / nullif(active_months, 0)"),
    ("value", "average_purchase_usd", "amount", "purchases_usd", "average_purchase_usd"),
    ("engagement", "has_transactions", "rate", "activity", "case when has_transactions then 1 else 0 end"),
    ("engagement", "transactions", "amount", "transactions", "case when has_transactions then transactions end"),
    ("engagement", "recency_days", "amount", "recency_days", "recency_days"),
    ("engagement", "online_share", "share", "", "online_share"),
    ("engagement", "refund_share", "share", "", "refund_share"),
    ("behaviour", "spending_groups", "amount", "", "case when has_transactions then spending_groups end"),
] %}
{% set month_traits = [
    ("behaviour", "dormant_month_share", "share", "", "cast(dormant_months_so_far as double) / month_number"),
    ("behaviour", "spending_trend", "amount", "", "spending_trend"),
] %}

with
    segments as (select * from {{ ref('bank_customer_segments') }}),

    summaries as (select * from {{ ref('customer_transaction_summaries') }}),

    behaviour as (select * from {{ ref('customer_monthly_behaviour') }}),

    last_whole_month as (select max(month) as month from behaviour where not is_partial_month),

    last_months as (
        select behaviour.*
        from behaviour
        inner join last_whole_month on behaviour.month = last_whole_month.month
    ),

    trait_values as (
        select *
        from {{ ref('int_bank_person_traits') }}
        union all
        select *
        from {{ ref('int_bank_spending_mix') }}
        union all
        {{ trait_rows('summaries', 'client_id', card_traits) }}
        union all
        {{ trait_rows('last_months', 'client_id', month_traits) }}
    ),

    final as ({{ segment_totals('trait_values', 'segments', 'client_id') }})

select *
from final
