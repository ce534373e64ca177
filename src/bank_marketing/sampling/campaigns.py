"""Synthetic campaign responses with effects of type, channel and spend that we planted and so know.

Customers and engagement are independent draws with the ranges and shapes of the real file: no clusters, and
engagement depends on nothing that is known before. Better customers (purchases, loyalty points) get other
types, channels and budgets than the rest, so a naive comparison of types or channels is wrong; the potential
outcomes of every customer under every arm give the right one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bank_marketing.sampling.files import rows_at_scale, write_csv

COLUMNS = (
    "CustomerID",
    "Age",
    "Gender",
    "Income",
    "CampaignChannel",
    "CampaignType",
    "AdSpend",
    "ClickThroughRate",
    "ConversionRate",
    "WebsiteVisits",
    "PagesPerVisit",
    "TimeOnSite",
    "SocialShares",
    "EmailOpens",
    "EmailClicks",
    "PreviousPurchases",
    "LoyaltyPoints",
    "AdvertisingPlatform",
    "AdvertisingTool",
    "Conversion",
)
FIRST_ID = 20_000
TYPES = ("Awareness", "Consideration", "Conversion", "Retention")
CHANNELS = ("Email", "PPC", "Referral", "SEO", "Social Media")

# Conversion follows log-odds: the sum of the weights of all conditions that hold, which pandas and SQL can
# both evaluate over the raw columns. In a small share of rows, all over the file, the outcome is a coin flip.
INTERCEPT = -46.0
COIN_FLIP_SHARE = 0.06
TYPE_LOG_ODDS = {
    "CampaignType == 'Awareness'": 2.0,
    "CampaignType == 'Conversion' and Age < 50": 9.5,
    "CampaignType == 'Conversion' and Age >= 50": 2.0,
    "CampaignType == 'Retention' and Age >= 50": 10.0,
}
CHANNEL_LOG_ODDS = {
    "CampaignChannel == 'Email'": -2.5,
    "CampaignChannel == 'Social Media' and Income < 55000": 6.0,
    "CampaignChannel == 'PPC' and Income >= 55000 and Income < 115000": 6.0,
    "CampaignChannel == 'Referral' and Income >= 115000": 6.0,
}
SPEND_LOG_ODDS = {"AdSpend > 5000": 8.0}
OTHER_LOG_ODDS = {
    "PreviousPurchases > 1": 8.0,
    "LoyaltyPoints > 1000": 8.0,
    "ClickThroughRate > 0.1": 8.0,
    "ConversionRate > 0.05": 8.0,
    "WebsiteVisits > 10": 8.0,
    "PagesPerVisit > 3": 8.0,
    "TimeOnSite > 5": 8.0,
    "EmailOpens > 5": 8.0,
    "EmailClicks > 2": 8.0,
}
LOG_ODDS = TYPE_LOG_ODDS | CHANNEL_LOG_ODDS | SPEND_LOG_ODDS | OTHER_LOG_ODDS
# The best arm under these weights; a test holds the rules against the probabilities.
BEST_TYPE = {"Age < 50": "Conversion", "Age >= 50": "Retention"}
BEST_CHANNEL = {
    "Income < 55000": "Social Media",
    "Income >= 55000 and Income < 115000": "PPC",
    "Income >= 115000": "Referral",
}

# Assignment: multinomial logit on standardised traits of the customer, type and channel apart.
# Rows: intercept, previous purchases, loyalty points, age, income.
TRAITS = ("PreviousPurchases", "LoyaltyPoints", "Age", "Income")
TYPE_ASSIGNMENT = np.array(
    [
        [0.04, 0.12, 0.00, 0.02],
        [-0.25, 0.05, 0.40, -0.35],
        [-0.20, 0.05, 0.40, -0.35],
        [0.0, 0.0, -0.15, 0.15],
        [0.0, 0.0, 0.0, 0.0],
    ]
)
CHANNEL_ASSIGNMENT = np.array(
    [
        [-0.09, 0.08, 0.10, 0.02, -0.04],
        [0.40, -0.10, -0.10, 0.10, -0.20],
        [0.40, -0.10, -0.10, 0.10, -0.20],
        [0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0, 0.0, 0.15, 0.0, -0.15],
    ]
)
SPEND_CORRELATION = 0.2


def write_sample(folder: Path, *, scale: float, seed: int) -> dict[str, Any]:
    """Write `raw_campaign_responses.csv` and return what was planted in it.

    Parameters
    ----------
    folder : Path
        Existing folder to write into.
    scale : float
        1 gives 6,000 customers; never more than the real file's 8,000, never fewer than 200.
    seed : int
        The same seed and scale give the same bytes.

    Returns
    -------
    dict
        The planted truth; `docs/sample/README.md` says what its entries mean.
    """
    rng = np.random.default_rng(seed)
    frame = _customers(rng, rows_at_scale(scale, at_one=6_000, real=8_000))
    traits = _standardised(frame)
    frame["CampaignChannel"] = _assigned(rng, traits, CHANNEL_ASSIGNMENT, CHANNELS)
    frame["CampaignType"] = _assigned(rng, traits, TYPE_ASSIGNMENT, TYPES)
    frame["AdSpend"] = _spend(rng, traits)
    frame = frame.assign(**_engagement(rng, len(frame)))
    frame["Conversion"] = (rng.random(len(frame)) < conversion_probability(frame)).astype(int)
    _write(folder, frame)
    return _truth(frame)


def conversion_probability(customers: pd.DataFrame, **arm: Any) -> np.ndarray:
    """Return the planted probability of conversion, as things are or under another arm.

    Parameters
    ----------
    customers : DataFrame
        The raw columns, one row a customer.
    **arm
        Columns to set for everybody, such as ``CampaignType="Retention"``.

    Returns
    -------
    ndarray of shape (n_customers,)
        Probabilities.
    """
    treated = customers.assign(**arm)
    log_odds = np.full(len(treated), INTERCEPT)
    for condition, weight in LOG_ODDS.items():
        log_odds += weight * np.asarray(treated.eval(condition, engine="python"), dtype=float)
    probability: np.ndarray = COIN_FLIP_SHARE * 0.5 + (1 - COIN_FLIP_SHARE) / (1 + np.exp(-log_odds))
    return probability


def _customers(rng: np.random.Generator, n: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "CustomerID": FIRST_ID + np.arange(n),
            "Age": rng.integers(18, 70, n),
            "Gender": np.where(rng.random(n) < 0.605, "Female", "Male"),
            "Income": rng.integers(20_000, 150_000, n),
            "PreviousPurchases": rng.integers(0, 10, n),
            "LoyaltyPoints": rng.integers(0, 5_000, n),
        }
    )


def _standardised(frame: pd.DataFrame) -> np.ndarray:
    """Return the traits with the mean and the deviation of the uniform distributions that they come from."""
    low, high = np.array([0, 0, 18, 20_000]), np.array([9, 4_999, 69, 149_999])
    standardised: np.ndarray = (frame[list(TRAITS)].to_numpy() - (low + high) / 2) / (
        (high - low) / np.sqrt(12)
    )
    return standardised


def _assigned(
    rng: np.random.Generator, traits: np.ndarray, coefficients: np.ndarray, arms: tuple[str, ...]
) -> np.ndarray:
    utilities = coefficients[0] + traits @ coefficients[1:]
    chosen: np.ndarray = np.array(arms)[np.argmax(utilities + rng.gumbel(size=utilities.shape), axis=1)]
    return chosen


def _spend(rng: np.random.Generator, traits: np.ndarray) -> np.ndarray:
    """Return uniform budgets whose order follows the customer's purchases and loyalty a little."""
    quality = (traits[:, 0] + traits[:, 1]) / np.sqrt(2)
    mixed = SPEND_CORRELATION * quality + np.sqrt(1 - SPEND_CORRELATION**2) * rng.normal(size=len(traits))
    spend = np.empty(len(traits))
    spend[np.argsort(mixed)] = np.sort(rng.uniform(100, 10_000, len(traits)))
    return spend


def _engagement(rng: np.random.Generator, n: int) -> dict[str, np.ndarray]:
    return {
        "ClickThroughRate": rng.uniform(0.01, 0.3, n),
        "ConversionRate": rng.uniform(0.01, 0.2, n),
        "WebsiteVisits": rng.integers(0, 50, n),
        "PagesPerVisit": rng.uniform(1, 10, n),
        "TimeOnSite": rng.uniform(0.5, 15, n),
        "SocialShares": rng.integers(0, 100, n),
        "EmailOpens": rng.integers(0, 20, n),
        "EmailClicks": rng.integers(0, 10, n),
    }


def _write(folder: Path, frame: pd.DataFrame) -> None:
    # Kaggle's file has up to 17 digits, which would be a quarter of this one.
    complete = frame.round(6).assign(AdvertisingPlatform="IsConfid", AdvertisingTool="ToolConfid")
    write_csv(folder / "raw_campaign_responses.csv", {name: complete[name].tolist() for name in COLUMNS})


def _truth(frame: pd.DataFrame) -> dict[str, Any]:
    under = {
        "types": {name: conversion_probability(frame, CampaignType=name) for name in TYPES},
        "channels": {name: conversion_probability(frame, CampaignChannel=name) for name in CHANNELS},
        "spend": {
            "high": conversion_probability(frame, AdSpend=7_500.0),
            "low": conversion_probability(frame, AdSpend=2_500.0),
        },
    }
    spent = frame["AdSpend"].gt(5_000).map({True: "high", False: "low"})
    observed: dict[str, dict[Any, float]] = {
        kind: frame["Conversion"].groupby(by).mean().to_dict()
        for kind, by in (
            ("types", frame["CampaignType"]),
            ("channels", frame["CampaignChannel"]),
            ("spend", spent),
        )
    }
    return {
        "rows": len(frame),
        "natural_clusters": 0,
        "response": {
            "intercept": INTERCEPT,
            "coin_flip_share": COIN_FLIP_SHARE,
            "coin_flip_rate": 0.5,
            "type_log_odds": TYPE_LOG_ODDS,
            "channel_log_odds": CHANNEL_LOG_ODDS,
            "ad_spend_log_odds": SPEND_LOG_ODDS,
            "other_log_odds": OTHER_LOG_ODDS,
        },
        "assignment": {
            "standardised_traits": list(TRAITS),
            "types": _coefficients_by_arm(TYPE_ASSIGNMENT, TYPES),
            "channels": _coefficients_by_arm(CHANNEL_ASSIGNMENT, CHANNELS),
            "ad_spend_rank_correlation": SPEND_CORRELATION,
        },
        "average_effects": {
            kind: _contrasts({arm: probability.mean() for arm, probability in arms.items()}, observed[kind])
            for kind, arms in under.items()
        },
        "best_arm": _best_arm(frame),
    }


def _coefficients_by_arm(coefficients: np.ndarray, arms: tuple[str, ...]) -> dict[str, list[float]]:
    return {arm: [float(value) for value in coefficients[:, i]] for i, arm in enumerate(arms)}


def _contrasts(true_rates: dict[str, float], observed_rates: dict[Any, float]) -> list[dict[str, Any]]:
    """Return each pair of arms with the true contrast and the naive one."""
    arms = list(true_rates)
    return [
        {
            "arm": arm,
            "against": other,
            "rate": round(float(true_rates[arm]), 6),
            "rate_against": round(float(true_rates[other]), 6),
            "risk_difference": round(float(true_rates[arm] - true_rates[other]), 6),
            "log_odds_ratio": round(float(_logit(true_rates[arm]) - _logit(true_rates[other])), 6),
            "naive_risk_difference": round(float(observed_rates[arm] - observed_rates[other]), 6),
        }
        for i, arm in enumerate(arms)
        for other in arms[i + 1 :]
    ]


def _logit(rate: float) -> float:
    return float(np.log(rate / (1 - rate)))


def _best_arm(frame: pd.DataFrame) -> dict[str, Any]:
    arms = [(kind, channel) for kind in TYPES for channel in CHANNELS]
    values = np.array([conversion_probability(frame, CampaignType=t, CampaignChannel=c) for t, c in arms])
    return {
        "type_rule": BEST_TYPE,
        "channel_rule": BEST_CHANNEL,
        "value": "mean probability of conversion in the file, spend and engagement as they are",
        "value_by_arm": [
            {"campaign_type": kind, "campaign_channel": channel, "value": round(float(value), 6)}
            for (kind, channel), value in zip(arms, values.mean(axis=1), strict=True)
        ],
        "value_of_best_arm_for_each": round(float(values.max(axis=0).mean()), 6),
        "value_of_best_fixed_arm": round(float(values.mean(axis=1).max()), 6),
        "value_of_uniform_random_arm": round(float(values.mean()), 6),
        "value_as_assigned": round(float(conversion_probability(frame).mean()), 6),
    }
