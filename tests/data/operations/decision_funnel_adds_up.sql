-- Every stage begins with what the one before left, the first with all customers, and whoever isn't on a list
-- was taken by one stage.
with
    funnel as (select * from {{ ref('decision_funnel') }}),

    linked as (
        select
            *,
            lag(customers) over (partition by list_name, action order by stage_number) as left_before,
            lag(expected_money) over (
                partition by list_name, action order by stage_number
            ) as money_left_before
        from funnel
    ),

    all_customers as (
        select list_name, count(distinct subject_id) as customers
        from ({{ list_decisions() }}) as decisions
        group by list_name
    ),

    taken as (
        select list_name, stage, count(*) as customers, sum(expected_money) as expected_money
        from {{ ref('int_customers_without_action') }}
        group by list_name, stage
    )

select linked.list_name, linked.action, linked.stage
from linked
inner join all_customers on linked.list_name = all_customers.list_name
left join taken on linked.list_name = taken.list_name and linked.stage = taken.stage
where
    linked.customers_before <> coalesce(linked.left_before, all_customers.customers)
    or abs(linked.expected_money_before - coalesce(linked.money_left_before, linked.expected_money_before))
    > 0.000001 * (1 + abs(linked.expected_money_before))
    or (
        linked.action = 'any'
        and linked.stage <> 'may_be_profiled'
        and (
            linked.customers_before - linked.customers <> coalesce(taken.customers, 0)
            or abs(linked.expected_money_before - linked.expected_money - coalesce(taken.expected_money, 0))
            > 0.000001 * (1 + abs(linked.expected_money_before))
        )
    )
