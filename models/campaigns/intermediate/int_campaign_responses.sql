with
    responses as (
        select *
        from {{ ref('stg_campaigns__responses') }}
        where {{ may_be_profiled('customer_id', 'campaign_customers') }}
    ),

    final as (
        select
            customer_id,
            age_years,
            gender,
            income_usd,
            loyalty_points,
            previous_purchases,
            campaign_channel,
            campaign_type,
            ad_spend_usd,
            click_through_rate,
            click_conversion_rate,
            website_visits,
            pages_per_visit,
            time_on_site_minutes,
            social_shares,
            email_opens,
            email_clicks,
            has_converted,
            source_line,
            row_number() over (order by customer_id) + 1 as arrival_line
        from responses
    )

select *
from final
