with
    months as (select * from {{ ref('sales_performance_monthly') }}),

    final as (
        select
            month,
            cast(net_revenue_usd + returned_usd as decimal(38, 2)) as sold_usd,
            returned_usd,
            discount_usd,
            net_revenue_usd,
            tax_usd,
            cast(net_revenue_usd + tax_usd as decimal(38, 2)) as net_revenue_with_tax_usd,
            delivery_usd,
            gross_paid_usd,
            online_spend_usd,
            offline_spend_usd,
            marketing_spend_usd,
            new_customers,
            cast(marketing_spend_usd as double) / nullif(new_customers, 0) as usd_per_new_customer,
            net_revenue_per_marketing_usd,
            cast(net_revenue_usd - marketing_spend_usd as double)
            / nullif(cast(marketing_spend_usd as double), 0) as return_on_spend
        from months
    )

select *
from final
