"""Segments of campaign customers: what tells them apart is known of everyone before any contact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from bank_marketing.fitting import Fit
from bank_marketing.methods import segmentation
from bank_marketing.methods.rules import Rule
from bank_marketing.methods.segmentation import Population, Trait

MODEL_NAME = "campaign_segments"

# Income stands for what a customer can bring, previous purchases for how often they buy, loyalty points for
# how engaged they are: visits and e-mails are known only in a campaign and depend on it, so that they make no
# segment (the profiles describe them). How recently somebody bought isn't known.
POPULATION = Population(
    title="Campaign segments",
    key="customer_id",
    traits={
        "age": Trait("older", "younger"),
        "income_usd": Trait("high income", "low income"),
        "loyalty_points": Trait("many points", "few points"),
        "previous_purchases": Trait("many purchases", "few purchases"),
    },
    quantiles={"income_usd": 0.75, "previous_purchases": 0.5, "loyalty_points": 0.5},
    rules=(
        Rule(
            "loyal regulars, high income",
            {"previous_purchases": True, "loyalty_points": True, "income_usd": True},
        ),
        Rule("loyal regulars", {"previous_purchases": True, "loyalty_points": True}),
        Rule("regulars with few points, high income", {"previous_purchases": True, "income_usd": True}),
        Rule("regulars with few points", {"previous_purchases": True}),
        Rule("point collectors, high income", {"loyalty_points": True, "income_usd": True}),
        Rule("point collectors", {"loyalty_points": True}),
        Rule("occasional buyers, high income", {"income_usd": True}),
        Rule("occasional buyers", {}),
    ),
    about=(
        "**Data.** Age, income, loyalty points and previous purchases, known of every customer before any"
        " contact. No outcome, no campaign, nothing that happens in one; gender is left out, since groups by"
        " it need no model. High income is the upper quarter; purchases and points are cut in the middle."
    ),
)


def fit(features: pd.DataFrame, *, depth: str, seed: int, earlier: Mapping[str, Any] | None = None) -> Fit:
    """Make segments of campaign customers; see `segmentation.fit`."""
    return segmentation.fit(features, POPULATION, depth=depth, seed=seed, earlier=earlier)


def score(features: pd.DataFrame, artefact: Mapping[str, Any]) -> pd.DataFrame:
    """Assign campaign customers to stored segments; see `segmentation.score`."""
    return segmentation.score(features, POPULATION, artefact)


def needs_refit(features: pd.DataFrame, artefact: Mapping[str, Any]) -> bool:
    """Tell whether campaign customers have drifted from a fit; see `segmentation.needs_refit`."""
    return segmentation.needs_refit(features, POPULATION, artefact)
