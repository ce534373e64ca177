with
    responses as (select * from {{ ref('raw_campaign_responses') }}),

    renamed as (
        -- The advertising platform and tool stop here: the publisher hides them, so both are constant.
        select
            customerid as customer_id,
            age as age_years,
            {{ declared_word('gender', 'gender') }} as gender,
            income as income_usd,
            loyaltypoints as loyalty_points,
            previouspurchases as previous_purchases,
            trim(campaignchannel) as campaign_channel,
            {{ declared_word('campaign_type', 'campaigntype') }} as campaign_type,
            cast(adspend as decimal(18, 2)) as ad_spend_usd,
            clickthroughrate as click_through_rate,
            conversionrate as click_conversion_rate,
            websitevisits as website_visits,
            pagespervisit as pages_per_visit,
            timeonsite as time_on_site_minutes,
            socialshares as social_shares,
            emailopens as email_opens,
            emailclicks as email_clicks,
            conversion as has_converted,
            source_line
        from responses
    )

select *
from renamed
