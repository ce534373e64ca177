"""Campaign customers as the features models show them, for tests."""

import numpy as np
import pandas as pd
from project_copies import REPOSITORY

NAMES = {
    "CustomerID": "customer_id",
    "Age": "age",
    "Gender": "gender",
    "Income": "income_usd",
    "CampaignChannel": "campaign_channel",
    "CampaignType": "campaign_type",
    "AdSpend": "ad_spend_usd",
    "ClickThroughRate": "click_through_rate",
    "ConversionRate": "click_conversion_rate",
    "WebsiteVisits": "website_visits",
    "PagesPerVisit": "pages_per_visit",
    "TimeOnSite": "time_on_site_minutes",
    "SocialShares": "social_shares",
    "EmailOpens": "email_opens",
    "EmailClicks": "email_clicks",
    "PreviousPurchases": "previous_purchases",
    "LoyaltyPoints": "loyalty_points",
    "Conversion": "has_converted",
}


def sample_frame(rows: int | None = None) -> pd.DataFrame:
    """Return the customers of the committed sample, or the first of them."""
    raw = pd.read_csv(
        REPOSITORY / "seeds" / "sample" / "campaigns" / "raw_campaign_responses.csv", nrows=rows
    )
    segment = np.where(raw["Age"] < 45, "younger", "older")
    return raw.rename(columns=NAMES)[list(NAMES.values())].assign(segment_name=segment)
