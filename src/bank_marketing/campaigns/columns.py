"""Columns of campaign customers by when they are known."""

KEY = "customer_id"
DECISION = "decision_id"
TARGET = "has_converted"
CUSTOMER_NUMBERS = ("age_years", "income_usd", "loyalty_points", "previous_purchases")
SPEND = "ad_spend_usd"
TYPE = "campaign_type"
CHANNEL = "campaign_channel"
ARMS = (TYPE, CHANNEL)
GENDER = "gender"
ENGAGEMENT = (
    "click_through_rate",
    "click_conversion_rate",
    "website_visits",
    "pages_per_visit",
    "time_on_site_minutes",
    "social_shares",
    "email_opens",
    "email_clicks",
)
