"""The chance that each customer really has under each campaign, and what was learned, for simulations.

Of a sample it is what its generator planted and wrote beside the seed set (`seeds/<set>_truth.json`):
log-odds that add up over conditions on the raw columns. Of other files nobody knows it, and the fitted model
stands in.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from bank_marketing.campaigns.columns import CHANNEL, TARGET, TYPE
from bank_marketing.campaigns.personalisation import COST, COST_IF_ACCEPTED, VALUE
from bank_marketing.campaigns.policy_candidates import Learned, arms_of, learn
from bank_marketing.campaigns.policy_design import Design

FloatArray = npt.NDArray[np.float64]

PLANTED, FITTED = "planted", "fitted model"

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


@dataclass(frozen=True)
class Setting:
    """A log, and what is true of its customers.

    Parameters
    ----------
    chance : numpy.ndarray of shape (customers, arms)
        Of a conversion.
    learned : Learned
        From the log.
    customers : pandas.DataFrame
        Of the log.
    value, cost : numpy.ndarray of shape (1, arms)
        What a conversion brings, less what it is promised; and what a contact costs.
    truth : str
        `PLANTED` or `FITTED`.
    """

    chance: FloatArray
    learned: Learned
    customers: pd.DataFrame
    value: FloatArray
    cost: FloatArray
    truth: str


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


def setting_of(known: pd.DataFrame, planted: Mapping[str, Any] | None, *, seed: int) -> Setting:
    """Learn from the log, and tell the truth of its customers.

    Parameters
    ----------
    known : pandas.DataFrame
        Customers with outcomes and money, as `policy_simulation.fit` takes them.
    planted : mapping, optional
        What was planted. Without it, the model fitted to the log is the truth, and policies start from a log
        whose outcomes are drawn anew from it.
    seed : int
        Of the outcomes drawn anew.

    Returns
    -------
    Setting
        For `policy_simulation.simulated`.
    """
    types, channels = sorted(known[TYPE].unique()), sorted(known[CHANNEL].unique())
    learned = learn(known, types, channels)
    design, start = learned.by_customer.design, learned.by_customer
    if planted:
        chance = planted_chances(planted, known, design)
    else:
        chance = expit(arms_of(design, known) @ start.posterior.mean)
        learned = learn(with_outcomes(known, chance, learned, seed=seed), types, channels)
    money = known.groupby([TYPE, CHANNEL])[[VALUE, COST, COST_IF_ACCEPTED]].first()
    # What a pair that nobody had would earn is that of its type, and of its channel.
    money = money.reindex(pd.MultiIndex.from_tuples(design.arms))
    value = money[VALUE] - money[COST_IF_ACCEPTED]
    kind, way = (money.index.get_level_values(level) for level in (0, 1))
    value = value.fillna(value.groupby(kind).transform("mean")).fillna(value.mean())
    cost = money[COST].fillna(money[COST].groupby(way).transform("mean")).fillna(money[COST].mean())
    return Setting(
        chance=chance,
        learned=learned,
        customers=known,
        value=value.to_numpy()[None],
        cost=cost.to_numpy()[None],
        truth=PLANTED if planted else FITTED,
    )


def with_outcomes(known: pd.DataFrame, chance: FloatArray, learned: Learned, *, seed: int) -> pd.DataFrame:
    """Return a log with outcomes drawn anew, each by the chance of what the customer got.

    Parameters
    ----------
    known : pandas.DataFrame
        The log.
    chance : numpy.ndarray of shape (customers, arms)
        The truth.
    learned : Learned
        For the design.
    seed : int
        Of the outcomes.

    Returns
    -------
    pandas.DataFrame
        The same customers and campaigns.
    """
    own = chance[np.arange(len(known)), learned.by_customer.design.arm_of(known)]
    return known.assign(**{TARGET: np.random.default_rng(seed).random(len(known)) < own})


def _sum(log_odds: Mapping[str, float], raw: pd.DataFrame) -> FloatArray:
    """Add up the weights of the conditions that hold."""
    total = np.zeros(len(raw))
    for condition, weight in log_odds.items():
        total += weight * np.asarray(raw.eval(condition, engine="python"), dtype=float)
    return total
