"""Segments of retail customers: by recency, frequency and monetary value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from bank_marketing.fitting.fits import Fit, Task
from bank_marketing.methods.rules import split
from bank_marketing.segments import segmentation
from bank_marketing.segments.segmentation import Population, Trait

_BEHAVIOURS = (
    (
        ("regulars", {"recency_days": False, "orders": True}),
        ("newcomers and occasional buyers", {"recency_days": False, "orders": False}),
        ("lapsing regulars", {"recency_days": True, "orders": True}),
        ("lapsed occasional buyers", {"recency_days": True, "orders": False}),
    ),
    (("regulars", {"orders": True}), ("occasional buyers", {"orders": False})),
    (("recent buyers", {"recency_days": False}), ("lapsed buyers", {"recency_days": True})),
)
_BY_VALUE = [
    split(behaviours, "net_revenue_usd", ", high value", ", standard value") for behaviours in _BEHAVIOURS
]

POPULATION = Population(
    title="Retail segments",
    key="customer_id",
    traits={
        "recency_days": Trait("long ago", "recent", "log"),
        "orders": Trait("many orders", "few orders", "log"),
        "net_revenue_usd": Trait("high revenue", "low revenue", "log"),
    },
    quantiles={"recency_days": 0.5, "orders": 0.5, "net_revenue_usd": 0.8},
    rules=_BY_VALUE[0],
    other_rules=(*_BY_VALUE[1:], split((("", {}),), "net_revenue_usd", "high value", "standard value")),
    about=(
        "**Data.** Days since the last order, counted to the day after the last order of anybody; number of"
        " orders; net revenue. All as logarithms of 1 + x. Rules"
        " look at recency only if its cut is at least 30 days: in shorter data nobody can have lapsed."
    ),
    evidence="orders",
)


def fit(features: pd.DataFrame, *, depth: str, seed: int, earlier: Mapping[str, Any] | None = None) -> Fit:
    """Make segments of retail customers; see `segmentation.fit`."""
    return segmentation.fit(features, POPULATION, depth=depth, seed=seed, earlier=earlier)


def score(features: pd.DataFrame, artefact: Mapping[str, Any]) -> pd.DataFrame:
    """Assign retail customers to stored segments; see `segmentation.score`."""
    return segmentation.score(features, POPULATION, artefact)


def needs_refit(features: pd.DataFrame, artefact: Mapping[str, Any]) -> bool:
    """Tell whether retail customers have drifted from a fit; see `segmentation.needs_refit`."""
    return segmentation.needs_refit(features, POPULATION, artefact)


TASK = Task(
    "retail_segments",
    version=3,
    fit=fit,
    score=score,
    needs_refit=needs_refit,
    is_active=POPULATION.is_active,
)
