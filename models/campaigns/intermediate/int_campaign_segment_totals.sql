{% set traits = [
    ("size", "customers", "size", "", "1"),
    ("person", "age_years", "amount", "age_years", "age_years"),
    ("person", "female", "rate", "gender", "case when gender = 'Female' then 1 when gender is not null then 0 end"),
    ("value", "income_usd", "amount", "income_usd", "income_usd"),
    ("value", "loyalty_points", "amount", "loyalty_points", "loyalty_points"),
    ("value", "previous_purchases", "amount", "previous_purchases", "previous_purchases"),
    ("contact", "ad_spend_usd", "amount", "ad_spend_usd", "ad_spend_usd"),
    ("engagement", "website_visits", "amount", "website_visits", "website_visits"),
    ("engagement", "pages_per_visit", "amount", "pages_per_visit", "pages_per_visit"),
    ("engagement", "time_on_site_minutes", "amount", "time_on_site_minutes", "time_on_site_minutes"),
    ("engagement", "social_shares", "amount", "social_shares", "social_shares"),
    ("engagement", "email_opens", "amount", "email_opens", "email_opens"),
    ("engagement", "email_clicks", "amount", "email_clicks", "email_clicks"),
    ("engagement", "click_through_rate", "share", "click_through_rate", "click_through_rate"),
    ("engagement", "click_conversion_rate", "share", "click_conversion_rate", "click_conversion_rate"),
    ("response", "conversion_rate", "rate", "has_converted", "case when has_converted then 1 else 0 end"),
] %}

with
    segments as (select * from {{ ref('campaign_customer_segments') }}),

    responses as (select * from {{ ref('campaign_responses') }}),

    contacts as (
        select customer_id, 'channel' as kind_of_contact, campaign_channel as contact, has_converted
        from responses
        where campaign_channel is not null
        union all
        select customer_id, 'type', campaign_type, has_converted
        from responses
        where campaign_type is not null
    ),

    possible_contacts as (select distinct kind_of_contact, contact from contacts),

    trait_values as (
        {{ trait_rows('responses', 'customer_id', traits) }}
        union all
        select
            contacts.customer_id,
            'contact',
            contacts.kind_of_contact || ': ' || possible_contacts.contact,
            'rate',
            'campaign_' || contacts.kind_of_contact,
            case when contacts.contact = possible_contacts.contact then 1 else 0 end
        from contacts
        inner join possible_contacts on contacts.kind_of_contact = possible_contacts.kind_of_contact
        union all
        select
            customer_id,
            'response',
            'conversion_rate by ' || kind_of_contact || ': ' || contact,
            'rate',
            'has_converted',
            case when has_converted then 1 else 0 end
        from contacts
    ),

    final as ({{ segment_totals('trait_values', 'segments', 'customer_id') }})

select *
from final
