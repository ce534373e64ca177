"""Campaign customers of a sample, as the features models show them, for studies and tests."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from bank_marketing.sampling import campaigns as sample

FILE = "raw_campaign_responses.csv"
SAMPLE = Path(__file__).resolve().parents[1] / "seeds" / "sample" / "campaigns" / FILE
NAMES = {
    "CustomerID": "customer_id",
    "Age": "age_years",
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


def sample_customers(path: Path = SAMPLE) -> pd.DataFrame:
    """Return all customers of a sample, in segments by purchases and points."""
    raw = pd.read_csv(path).rename(columns=NAMES)[list(NAMES.values())]
    buys = np.where(raw["previous_purchases"] < 5, "occasional", "regular")
    saves = np.where(raw["loyalty_points"] < 2_500, "few points", "many points")
    return raw.assign(segment_name=pd.Series(buys) + ", " + pd.Series(saves))


def new_samples(number: int) -> Iterator[pd.DataFrame]:
    """Draw samples anew from the generator, seeds from 1."""
    for seed in range(1, number + 1):
        with TemporaryDirectory() as folder:
            sample.write_sample(Path(folder), scale=1.0, seed=seed)
            yield sample_customers(Path(folder) / FILE)
