"""Segments of bank customers: by the shares of spending groups in what they spend by card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from bank_marketing.fitting.fits import Fit, Task
from bank_marketing.methods.rules import split
from bank_marketing.segments import segmentation
from bank_marketing.segments.segmentation import Population, Trait

# The groups of seeds/reference/transactions/spending_groups.csv, each a share in features_bank_segments.
SPENDING_GROUPS = (
    "car_care",
    "clothing",
    "commuting",
    "department_stores",
    "electronics",
    "entertainment",
    "fuel",
    "gambling",
    "groceries",
    "health_and_beauty",
    "hobbies_and_gifts",
    "home_and_garden",
    "industrial_supplies",
    "money_transfers",
    "other",
    "professional_services",
    "restaurants",
    "travel",
    "utilities_and_telecom",
)

_BEHAVIOURS = (
    (
        ("active regulars", {"recency_days": False, "transactions": True}),
        ("active occasional users", {"recency_days": False, "transactions": False}),
        ("lapsing regulars", {"recency_days": True, "transactions": True}),
        ("lapsing occasional users", {"recency_days": True, "transactions": False}),
    ),
    (("regulars", {"transactions": True}), ("occasional users", {"transactions": False})),
    (("active users", {"recency_days": False}), ("lapsing users", {"recency_days": True})),
)
_BY_VALUE = [
    split(behaviours, "purchases_usd", ", high value", ", standard value") for behaviours in _BEHAVIOURS
]

POPULATION = Population(
    title="Bank segments",
    key="client_id",
    traits={
        f"{group}_share": Trait(group.replace("_", " "), f"little {group.replace('_', ' ')}", "root")
        for group in SPENDING_GROUPS
    },
    quantiles={"recency_days": 0.5, "transactions": 0.5, "purchases_usd": 0.8},
    rules=_BY_VALUE[0],
    other_rules=(*_BY_VALUE[1:], split((("", {}),), "purchases_usd", "high value", "standard value")),
    about=(
        "**Data.** Shares of the spending groups in a client's purchases, as square roots; refunds are left"
        " out, since what comes back was spent before, perhaps in another group. Shares need 10 transactions:"
        " clusters are learned from clients with as many, and only if the median client with any transaction"
        " has them. Whoever has fewer goes to the nearest segment. Rules look at recency only if its cut is"
        " at least 30 days: in shorter data nobody can lapse."
    ),
    evidence="transactions",
    least_evidence=10,
)


def fit(features: pd.DataFrame, *, depth: str, seed: int, earlier: Mapping[str, Any] | None = None) -> Fit:
    """Make segments of bank customers; see `segmentation.fit`."""
    return segmentation.fit(features, POPULATION, depth=depth, seed=seed, earlier=earlier)


def score(features: pd.DataFrame, artefact: Mapping[str, Any]) -> pd.DataFrame:
    """Assign bank customers to stored segments; see `segmentation.score`."""
    return segmentation.score(features, POPULATION, artefact)


def needs_refit(features: pd.DataFrame, artefact: Mapping[str, Any]) -> bool:
    """Tell whether bank customers have drifted from a fit; see `segmentation.needs_refit`."""
    return segmentation.needs_refit(features, POPULATION, artefact)


TASK = Task(
    "bank_segments", version=3, fit=fit, score=score, needs_refit=needs_refit, is_active=POPULATION.is_active
)
