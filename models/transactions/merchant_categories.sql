with
    categories as (select * from {{ ref('stg_transactions__merchant_categories') }}),

    spending_groups as (select * from {{ ref('stg_transactions__spending_groups') }}),

    final as (
        select
            categories.mcc,
            categories.description,
            coalesce(spending_groups.spending_group, 'other') as spending_group
        from categories
        left join spending_groups on categories.mcc = spending_groups.mcc
    )

select *
from final
