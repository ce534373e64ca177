"""The chance that each customer really has under each campaign, for simulations.

Of a sample it is what its generator planted and wrote beside the seed set (`seeds/<set>_truth.json`):
log-odds that add up over conditions on the raw columns. Of other files nobody knows it, and the fitted model
stands in.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from bank_marketing.campaigns.columns import CHANNEL, TYPE
from bank_marketing.campaigns.policy_design import Design

FloatArray = npt.NDArray[np.float64]

# Raw columns by what the features call them.
RAW_NAMES = {
    "age_years": "Age",
    "income_usd": "Income",
    "loyalty_points": "LoyaltyPoints",
    "previous_purchases": "PreviousPurchases",
    TYPE: "CampaignType",
    CHANNEL: "CampaignChannel",
    "ad_spend_usd": "AdSpend",
    "click_through_rate": "ClickThroughRate",
    "click_conversion_rate": "ConversionRate",
    "website_visits": "WebsiteVisits",
    "pages_per_visit": "PagesPerVisit",
    "time_on_site_minutes": "TimeOnSite",
    "email_opens": "EmailOpens",
    "email_clicks": "EmailClicks",
}


def planted_response(seeds: Path, seed_set: str) -> dict[str, Any] | None:
    """Read what was planted in a sample.

    Parameters
    ----------
    seeds : pathlib.Path
        The folder of the seed sets.
    seed_set : str
        Its name.

    Returns
    -------
    dict of str to any or None
        Entry `response` of the campaigns; None for files that nothing was planted in.
    """
    path = seeds / f"{seed_set}_truth.json"
    if not path.exists():
        return None
    response: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["campaigns"]["response"]
    return response


def planted_chances(response: Mapping[str, Any], customers: pd.DataFrame, design: Design) -> FloatArray:
    """Return the planted chance of each customer under each arm; engagement and spend stay as they were.

    Parameters
    ----------
    response : mapping
        From `planted_response`.
    customers : pandas.DataFrame
        Rows of `features_conversion_in_campaign`.
    design : Design
        Its arms.

    Returns
    -------
    numpy.ndarray of shape (customers, arms)
        Chances.
    """
    raw = customers[list(RAW_NAMES)].rename(columns=RAW_NAMES)
    shared = response["intercept"] + _sum(response["other_log_odds"] | response["ad_spend_log_odds"], raw)
    kinds = [_sum(response["type_log_odds"], raw.assign(CampaignType=kind)) for kind in design.types]
    ways = [_sum(response["channel_log_odds"], raw.assign(CampaignChannel=way)) for way in design.channels]
    odds = shared[:, None, None] + np.stack(kinds, axis=1)[:, :, None] + np.stack(ways, axis=1)[:, None]
    share = response["coin_flip_share"]
    chances: FloatArray = share * response["coin_flip_rate"] + (1 - share) * expit(odds)
    return chances.reshape(len(raw), -1)


def _sum(log_odds: Mapping[str, float], raw: pd.DataFrame) -> FloatArray:
    """Add up the weights of the conditions that hold."""
    total = np.zeros(len(raw))
    for condition, weight in log_odds.items():
        total += weight * np.asarray(raw.eval(condition, engine="python"), dtype=float)
    return total
