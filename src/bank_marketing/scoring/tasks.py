"""What there is to score: for each task the file, the features, the model and the output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

DRIVERS = ("driver_1", "driver_2", "driver_3")


@dataclass(frozen=True)
class Task:
    """One kind of score for each row of a file.

    Attributes
    ----------
    raw : str
        Name of the raw file's declaration in seeds/formats.
    features : str
        The dbt model that makes the features of it.
    model : str
        Module with ``MODEL_NAME``, which the fit registers, and ``score(frame, artefact)``.
    drivers : str
        Module with ``drivers(frame, artefact)``.
    key : str
        The customer's number among the features.
    outcome : str
        Header of the outcome, which the file may lack.
    columns : mapping of str to str
        For each feature of the model the header it is made from.
    output : tuple of str
        Columns of the output.
    if_missing, if_unknown : str
        What the model does about a missing value and about a level that it hasn't seen, to be said.
    """

    raw: str
    features: str
    model: str
    drivers: str
    key: str
    outcome: str
    columns: Mapping[str, str]
    output: tuple[str, ...]
    if_missing: str
    if_unknown: str


KNOWN_BEFORE = {
    "age": "Age",
    "income_usd": "Income",
    "loyalty_points": "LoyaltyPoints",
    "previous_purchases": "PreviousPurchases",
    "ad_spend_usd": "AdSpend",
    "gender": "Gender",
    "campaign_channel": "CampaignChannel",
    "campaign_type": "CampaignType",
}
ENGAGEMENT = {
    "click_through_rate": "ClickThroughRate",
    "click_conversion_rate": "ConversionRate",
    "website_visits": "WebsiteVisits",
    "pages_per_visit": "PagesPerVisit",
    "time_on_site_minutes": "TimeOnSite",
    "social_shares": "SocialShares",
    "email_opens": "EmailOpens",
    "email_clicks": "EmailClicks",
}
CONVERSION_BEFORE_CONTACT = Task(
    raw="raw_campaign_responses",
    features="features_conversion_before_contact",
    model="bank_marketing.campaigns.conversion_before_contact",
    drivers="bank_marketing.campaigns.conversion_drivers",
    key="customer_id",
    outcome="Conversion",
    columns=KNOWN_BEFORE,
    output=("customer_id", "conversion_probability", "decile", *DRIVERS, "model_version"),
    if_missing="a missing number counts as the median of the fit, goes its own way in the trees or earns no"
    " point, a missing word as none of the known ones",
    if_unknown="it counts as none of the known ones",
)
CONVERSION_IN_CAMPAIGN = replace(
    CONVERSION_BEFORE_CONTACT,
    features="features_conversion_in_campaign",
    model="bank_marketing.campaigns.conversion_in_campaign",
    columns=KNOWN_BEFORE | ENGAGEMENT,
)
CHURN = Task(
    raw="raw_churn_customers",
    features="features_retention",
    model="bank_marketing.churn.retention",
    drivers="bank_marketing.churn.retention_drivers",
    key="customer_id",
    outcome="Exited",
    columns={
        "country": "Geography",
        "gender": "Gender",
        "age_years": "Age",
        "tenure_years": "Tenure",
        "balance": "Balance",
        "products": "NumOfProducts",
        "is_active": "IsActiveMember",
    },
    output=(
        "customer_id",
        "churn_probability",
        "expected_remaining_years",
        "decile",
        *DRIVERS,
        "model_version",
    ),
    if_missing="such a row gets no score (without Tenure: no expected_remaining_years)",
    if_unknown="another country counts as the largest one, another gender as male",
)

# By the command's word, and by moment where there are several.
TASKS: dict[str, dict[str, Task]] = {
    "conversion": {"before_contact": CONVERSION_BEFORE_CONTACT, "in_campaign": CONVERSION_IN_CAMPAIGN},
    "churn": {"": CHURN},
}
