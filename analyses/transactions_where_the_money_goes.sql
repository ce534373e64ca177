-- Where does the money go, how many customers does each spending group reach, and how much is
-- online?
--
-- Descriptive, over the whole data. The publisher simulated these customers: a bank reads its own
-- file.
--
-- Real file (a day and a half, 1,030 customers): groceries lead with 13 % of purchases and 60 %
-- of the customers, restaurants follow with 10 % and 56 %. Money transfers have 10 % of
-- purchases, but from 16 % of the customers. Online are 81 % of commuting, 49 % of utilities and
-- telecom, 44 % of entertainment and next to nothing of groceries or restaurants. In fuel 43 % of
-- purchases are refunded, which looks like holds that pumps release: read the group by
-- spending_usd, not by purchases.
with
    monthly as (select * from {{ ref('customer_monthly_spending') }}),

    spending_groups as (
        select
            spending_group,
            count(distinct client_id) as customers,
            sum(purchases_usd) as purchases_usd,
            sum(refunds_usd) as refunds_usd,
            sum(transactions) as transactions,
            sum(online_transactions) as online_transactions
        from monthly
        group by spending_group
    ),

    totals as (
        select sum(purchases_usd) as purchases_usd, count(distinct client_id) as customers from monthly
    )

select
    spending_groups.spending_group,
    round(cast(spending_groups.customers as double) / totals.customers, 3) as share_of_customers,
    spending_groups.purchases_usd,
    round(
        cast(spending_groups.purchases_usd as double) / cast(totals.purchases_usd as double), 3
    ) as share_of_purchases,
    round(
        cast(spending_groups.refunds_usd as double)
        / nullif(cast(spending_groups.purchases_usd as double), 0),
        3
    ) as refunded_share,
    round(
        cast(spending_groups.online_transactions as double) / spending_groups.transactions, 3
    ) as online_share
from spending_groups
cross join totals
order by spending_groups.purchases_usd desc
