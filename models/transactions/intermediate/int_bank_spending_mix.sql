with
    monthly as (select * from {{ ref('customer_monthly_spending') }}),

    by_group as (
        select client_id, spending_group, sum(purchases_usd) as purchases_usd
        from monthly
        group by client_id, spending_group
    ),

    clients as (
        select client_id, sum(purchases_usd) as purchases_usd
        from by_group
        group by client_id
        having sum(purchases_usd) > 0
    ),

    spending_groups as (select distinct spending_group from by_group),

    final as (
        select
            clients.client_id,
            'spending_mix' as theme,
            spending_groups.spending_group || '_share' as trait,
            'share' as kind,
            spending_groups.spending_group || '_share' as made_of,
            coalesce(cast(by_group.purchases_usd as double), 0)
            / cast(clients.purchases_usd as double) as value
        from clients
        cross join spending_groups
        left join
            by_group
            on clients.client_id = by_group.client_id
            and spending_groups.spending_group = by_group.spending_group
    )

select *
from final
