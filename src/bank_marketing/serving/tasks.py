"""What there is to score: for each model the file, the features, the task that fitted it and the output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

DRIVERS = ("driver_1", "driver_2", "driver_3")
# Every output ends with these.
LAST = ("may_be_contacted", "model_version")


@dataclass(frozen=True)
class Served:
    """One kind of score for the customers of a file.

    Attributes
    ----------
    name : str
        The model's name in the registry: that of its ``TASK``, which would be long to import only for this.
    raw : str
        Name of the raw file's declaration in seeds/formats.
    features : str
        The dbt model that makes the features of it.
    model : str
        Module whose ``TASK`` fitted the model.
    drivers : str or None
        Module with ``drivers(frame, artefact)``; None if the scores have none.
    key : str
        The customer's number among the features.
    outcome : str or None
        Header of the outcome, which the file may lack.
    columns : mapping of str to str
        For each feature of the model the header it is made from; empty if a customer has several rows.
    output : tuple of str
        Columns of the output.
    if_missing, if_unknown : str
        What the model does about a missing value and about a level that it hasn't seen, to be said.
    is_one_row_a_customer : bool
        Whether a customer may stand in one row only; otherwise rows of the same customer are scored one by
        one.
    lookups : mapping of str to str
        Models that features read and that stand for something else here, each with its query: who the
        customers are comes from the raw relation, the rest from the published file, attached as
        ``warehouse``. Empty if each row is a customer.
    known : mapping of str to str
        For a header whose levels a lookup holds the query for those; others are said, with `if_unknown`.
    last_days : tuple of (str, str) or None
        Queries for the last day in the published file and in the raw relation, if there is a feature
        recency_days.
    settings : str or None
        The score model whose settings (``meta``) ``drivers`` takes, those in `variables`.
    variables : tuple of str
        Names of settings that ``drivers`` takes.
    """

    name: str
    raw: str
    features: str
    model: str
    drivers: str | None
    key: str
    outcome: str | None
    columns: Mapping[str, str]
    output: tuple[str, ...]
    if_missing: str
    if_unknown: str
    is_one_row_a_customer: bool = False
    lookups: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, str] = field(default_factory=dict)
    last_days: tuple[str, str] | None = None
    settings: str | None = None
    variables: tuple[str, ...] = ()


KNOWN_BEFORE = {
    "age_years": "Age",
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
CONVERSION_BEFORE_CONTACT = Served(
    name="conversion_before_contact",
    raw="raw_campaign_responses",
    features="features_conversion_before_contact",
    model="bank_marketing.campaigns.conversion_before_contact",
    drivers="bank_marketing.campaigns.conversion_drivers",
    key="customer_id",
    outcome="Conversion",
    columns=KNOWN_BEFORE,
    output=("customer_id", "conversion_probability", "decile", *DRIVERS, *LAST),
    if_missing="a missing number counts as the median of the fit, goes its own way in the trees or earns no"
    " point, a missing word as none of the known ones",
    if_unknown="it counts as none of the known ones",
)
CONVERSION_IN_CAMPAIGN = replace(
    CONVERSION_BEFORE_CONTACT,
    name="conversion_in_campaign",
    features="features_conversion_in_campaign",
    model="bank_marketing.campaigns.conversion_in_campaign",
    columns=KNOWN_BEFORE | ENGAGEMENT,
)
CHURN = Served(
    name="retention",
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
        "reason",
        "talk_about",
        *LAST,
    ),
    settings="retention_score",
    variables=("not_to_say",),
    if_missing="such a row gets no score (without Tenure: no expected_remaining_years)",
    if_unknown="another country counts as the largest one, another gender as male",
)

OF_SEGMENTS = ("segment_id", "segment_name", "membership_strength", *LAST)
CAMPAIGN_SEGMENTS = Served(
    name="campaign_segments",
    raw="raw_campaign_responses",
    features="features_campaign_segments",
    model="bank_marketing.campaigns.segments",
    drivers=None,
    key="customer_id",
    outcome="Conversion",
    columns={
        "age_years": "Age",
        "income_usd": "Income",
        "loyalty_points": "LoyaltyPoints",
        "previous_purchases": "PreviousPurchases",
    },
    output=("customer_id", *OF_SEGMENTS),
    if_missing="a missing value counts as the average of the fit among clusters, as not above the cut in"
    " rules",
    if_unknown="",
    is_one_row_a_customer=True,
)
BANK_SEGMENTS = Served(
    name="bank_segments",
    raw="raw_card_transactions",
    features="features_bank_segments",
    model="bank_marketing.transactions.segments",
    drivers=None,
    key="client_id",
    outcome=None,
    columns={},
    output=("client_id", *OF_SEGMENTS),
    if_missing="",
    if_unknown="purchases there count to the group other",
    known={"mcc": "select mcc from warehouse.transactions.merchant_categories"},
    lookups={
        "bank_customers": 'select distinct client_id from "raw_card_transactions"',
        "stg_transactions__cards": "select * from warehouse.transactions.cards",
    },
    last_days=(
        "select max(as_of_date) from warehouse.transactions.customer_transaction_summaries",
        'select max(cast(date as date)) from "raw_card_transactions"',
    ),
)
RETAIL_SEGMENTS = Served(
    name="retail_segments",
    raw="raw_order_lines",
    features="features_retail_segments",
    model="bank_marketing.sales.segments",
    drivers=None,
    key="customer_id",
    outcome=None,
    columns={},
    output=("customer_id", *OF_SEGMENTS),
    if_missing="",
    if_unknown="",
    lookups={
        "retail_customers": 'select distinct customerid as customer_id from "raw_order_lines"'
        " where customerid is not null",
        "stg_sales__coupons": "select distinct extract(month from order_date) as month_of_year,"
        " product_category, coupon_code, offered_discount_share as discount_share"
        # A return has the coupon of its sale, perhaps of another month.
        " from warehouse.sales.order_lines where coupon_code is not null and quantity > 0",
        "stg_sales__product_taxes": "select distinct product_category, tax_rate"
        " from warehouse.sales.order_lines where has_tax_rate",
    },
    last_days=(
        "select max(order_date) from warehouse.sales.order_lines",
        # An order is of its earliest line's day.
        'select max(order_date) from (select min(transaction_date) as order_date from "raw_order_lines"'
        " group by transaction_id)",
    ),
)

# By the command's word, and by moment or population where there are several.
CUSTOMER_VALUE = replace(
    RETAIL_SEGMENTS,
    name="customer_value",
    features="features_customer_value",
    model="bank_marketing.sales.value",
    output=(
        "customer_id",
        "probability_alive",
        *(
            f"expected_{what}_{months}_months{end}"
            for months in (3, 6, 12)
            for what in ("orders", "value_usd")
            for end in ("", "_low", "_high")
        ),
        "is_extrapolated",
        "is_extrapolated_12_months",
        "value_tier",
        "method",
        *LAST,
    ),
    last_days=None,
    lookups={
        **RETAIL_SEGMENTS.lookups,
        # Looked at from the day after the published data, or after the file if it goes on longer.
        "int_value_moments": "select 'today' as moment, cast(null as date) as known_until,"
        " greatest(max(as_of_date), (select cast(max(order_date) + interval 1 day as date)"
        " from (select min(transaction_date) as order_date"
        ' from "raw_order_lines" group by transaction_id))) as as_of_date,'
        " max(window_days) as window_days from warehouse.sales.customer_lifetime_values",
    },
)

SERVED: dict[str, dict[str, Served]] = {
    "segments": {
        "campaigns": CAMPAIGN_SEGMENTS,
        "transactions": BANK_SEGMENTS,
        "sales": RETAIL_SEGMENTS,
    },
    "conversion": {"before_contact": CONVERSION_BEFORE_CONTACT, "in_campaign": CONVERSION_IN_CAMPAIGN},
    "churn": {"": CHURN},
    "value": {"": CUSTOMER_VALUE},
}

# What a client takes up next: how features are made of a file, and offers of what was scored (`scored`).
PREFERENCES = Served(
    name="preferences",
    raw="raw_card_transactions",
    features="features_preferences",
    model="bank_marketing.transactions.preferences",
    drivers=None,
    key="client_id",
    outcome=None,
    columns={},
    output=(
        *("client_id", "offer_rank", "product", "score", "take_up_probability", "expected_margin_usd"),
        *("expected_taken_margin_usd", "reason", "is_eligible", "suitability", "what_would_change_it"),
        *("is_cold_start", *LAST),
    ),
    if_missing="",
    if_unknown="purchases there count to the group other, which speaks for no product",
    known=BANK_SEGMENTS.known,
    lookups={"stg_transactions__cards": "select * from warehouse.transactions.cards"},
)
OFFERS = replace(
    PREFERENCES,
    name="next_best_offers",
    features="int_client_offers",
    lookups={
        **PREFERENCES.lookups,
        "preferences_score": 'select * from "scored"',
        # Eligibility doesn't hang on transactions; of whom the warehouse doesn't have, nothing is known.
        "int_offer_eligibility": "select client_id, product, suitability, is_eligible, what_would_change_it"
        " from warehouse.transactions.next_best_offers union all select clients.client_id, catalogue.product,"
        " case when catalogue.is_credit then 'not known' else 'not asked' end, false,"
        " 'the client is not in the warehouse' from (select distinct client_id"
        ' from "scored") as clients cross join (select distinct product, is_credit from'
        " warehouse.transactions.bank_product_catalogue) as catalogue where clients.client_id not in"
        " (select client_id from warehouse.transactions.next_best_offers)",
    },
)
# The rules of each domain, which features read: here they forbid nothing, since the command itself leaves
# unscored who objects to profiling.
NO_RULES = {
    f"stg_{domain}__do_not_contact": f"select cast(null as bigint) as {key},"
    " cast(null as varchar) as purpose, cast(null as boolean) as is_permitted where false"
    for domain, key in (
        ("campaigns", "customer_id"),
        ("transactions", "client_id"),
        ("sales", "customer_id"),
        ("churn", "customer_id"),
    )
}
# Whose queries the published file holds.
STORED = (*(served for variants in SERVED.values() for served in variants.values()), PREFERENCES, OFFERS)
