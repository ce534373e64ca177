"""Segments of campaign customers: what tells them apart is known of everyone before any contact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from bank_marketing.fitting.fits import Fit, Task
from bank_marketing.methods.rules import Rule, split
from bank_marketing.segments import segmentation
from bank_marketing.segments.segmentation import Population, Trait

# Income stands for what a customer can bring, previous purchases for how often they buy, loyalty points for
# how engaged they are: visits and e-mails are known only in a campaign and depend on it, so that they make no
# segment (the profiles describe them). How recently somebody bought isn't known. A file may lack each of the
# three; names then say nothing of it.
_BEHAVIOURS: tuple[tuple[tuple[str, dict[str, bool]], ...], ...] = (
    (
        ("loyal regulars", {"previous_purchases": True, "loyalty_points": True}),
        ("regulars with few points", {"previous_purchases": True}),
        ("point collectors", {"loyalty_points": True}),
        ("occasional buyers", {}),
    ),
    (("regulars", {"previous_purchases": True}), ("occasional buyers", {})),
    (("many points", {"loyalty_points": True}), ("few points", {})),
)
_BY_INCOME = [split(behaviours, "income_usd", ", high income", "") for behaviours in _BEHAVIOURS]
_WITHOUT_INCOME = [tuple(Rule(*behaviour) for behaviour in behaviours) for behaviours in _BEHAVIOURS]

POPULATION = Population(
    title="Campaign segments",
    key="customer_id",
    traits={
        "age_years": Trait("older", "younger"),
        "income_usd": Trait("high income", "low income"),
        "loyalty_points": Trait("many points", "few points"),
        "previous_purchases": Trait("many purchases", "few purchases"),
    },
    quantiles={"income_usd": 0.75, "previous_purchases": 0.5, "loyalty_points": 0.5},
    rules=_BY_INCOME[0],
    # The more traits, the earlier.
    other_rules=(
        _WITHOUT_INCOME[0],
        *_BY_INCOME[1:],
        *_WITHOUT_INCOME[1:],
        split((("", {}),), "income_usd", "high income", "standard income"),
    ),
    about=(
        "**Data.** What is known of a customer before any contact. No outcome, no campaign, nothing that"
        " happens in one; gender is left out, since groups by it need no model."
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


TASK = Task(
    "campaign_segments",
    version=4,
    fit=fit,
    score=score,
    needs_refit=needs_refit,
    is_active=POPULATION.is_active,
)
