"""Logs of the sample's generator whose truth is known: campaign files, and decisions beside them."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from personalisation_value import KnownLog, draw_log
from scipy.special import softmax

from bank_marketing.campaigns import policy_log
from bank_marketing.campaigns.columns import CHANNEL, DECISION, KEY, TARGET, TYPE
from bank_marketing.campaigns.personalisation import COST, COST_IF_ACCEPTED, VALUE
from bank_marketing.sampling import campaigns as generator

NO_DECISIONS = pd.DataFrame(
    columns=[DECISION, KEY, TYPE, CHANNEL, policy_log.CANDIDATES, TARGET, policy_log.OUTCOME_AT]
)
UNSUPPORTED = "unsupported"


class Case(NamedTuple):
    """How logs are drawn.

    Parameters
    ----------
    logs, customers : int
        How many, and customers of each.
    said : str
        What they are.
    """

    logs: int
    customers: int
    said: str


CASES = {
    "estimated": Case(500, 3_000, "campaign files of the sample's generator, propensities estimated"),
    "logged": Case(500, 3_000, "a decision about each customer beside such a file, propensities logged"),
    "several": Case(50, 3_000, "two decisions a customer, each of whom may get about half of the campaigns"),
    "flat": Case(100, 3_000, "campaign files where all campaigns bring the same: nothing to gain"),
    "flat, logged": Case(100, 3_000, "the same with a decision about each customer"),
    UNSUPPORTED: Case(20, 3_000, "decisions that gave half of the campaign types no chance"),
}


def draw(case: str, seed: int) -> tuple[KnownLog, pd.DataFrame]:
    """Draw a log.

    Parameters
    ----------
    case : str
        Of `CASES`.
    seed : int
        Of all draws.

    Returns
    -------
    log : KnownLog
        Customers, and what is true of them.
    frame : DataFrame
        As the task takes it: the campaign file alone, or decisions beside it.
    """
    log = draw_log(seed, customers=CASES[case].customers)
    log = flat(log, seed=seed) if case.startswith("flat") else log
    if case in ("estimated", "flat"):
        return log, estimated_frame(log)
    chances = assignment(log.frame)
    if case == UNSUPPORTED:
        is_early = np.arange(len(generator.TYPES)) < len(generator.TYPES) // 2
        return log, logged_frame(
            log, seed=seed, chances=chances * np.repeat(is_early, len(generator.CHANNELS))
        )
    if case != "several":
        return log, logged_frame(log, seed=seed)
    may = np.random.default_rng([seed, 2]).random(chances.shape) < 0.5
    # Somebody who may get nothing else gets the first two.
    may[:, :2] |= may.sum(axis=1, keepdims=True) < 2
    parts = [decisions_of(log, seed=10 * seed + each, chances=chances * may, may=may) for each in range(2)]
    decisions = pd.concat(parts, ignore_index=True)
    decisions[DECISION] = [f"{number:032x}" for number in range(len(decisions))]
    return log, policy_log.log_rows(log.frame, decisions)


def flat(log: KnownLog, *, seed: int) -> KnownLog:
    """Return the same customers, for whom all campaigns do what they do on average, at the same value."""
    chance = np.broadcast_to(log.chance.mean(axis=(1, 2), keepdims=True), log.chance.shape)
    money = {name: log.frame[name].mean() for name in (VALUE, COST, COST_IF_ACCEPTED)}
    has_converted = np.random.default_rng([seed, 3]).random(len(chance)) < chance[:, 0, 0]
    return KnownLog(log.frame.assign(**money, **{TARGET: has_converted}), chance)


def assignment(frame: pd.DataFrame) -> np.ndarray:
    """Return the planted chance of each campaign for each customer.

    Parameters
    ----------
    frame : DataFrame
        As `draw_log` makes it.

    Returns
    -------
    ndarray of shape (customers, types * channels)
        Channels within types; types and channels are drawn apart.
    """
    raw = frame.rename(
        columns={
            "previous_purchases": "PreviousPurchases",
            "loyalty_points": "LoyaltyPoints",
            "age_years": "Age",
            "income_usd": "Income",
        }
    )
    traits = generator._standardised(raw)
    kinds, channels = (
        softmax(planted[0] + traits @ planted[1:], axis=1)
        for planted in (generator.TYPE_ASSIGNMENT, generator.CHANNEL_ASSIGNMENT)
    )
    return (kinds[:, :, None] * channels[:, None, :]).reshape(len(frame), -1)


def estimated_frame(log: KnownLog) -> pd.DataFrame:
    """Return a log as the task takes it, without decisions."""
    return policy_log.log_rows(log.frame, NO_DECISIONS)


def decisions_of(
    log: KnownLog,
    *,
    seed: int,
    chances: np.ndarray | None = None,
    without: str | None = None,
    may: np.ndarray | None = None,
) -> pd.DataFrame:
    """Draw a decision for each customer.

    Parameters
    ----------
    log : KnownLog
        Customers.
    seed : int
        Of campaigns and outcomes.
    chances : ndarray of shape (customers, types * channels), optional
        Of each campaign; those of the planted assignment by default.
    without : str, optional
        A campaign that is no candidate.
    may : ndarray of bool, shape (customers, types * channels), optional
        Which campaigns customers may get; of the others the candidates say null.

    Returns
    -------
    DataFrame
        As `policy_log.log_rows` takes them.
    """
    # Other draws than those of the customers.
    rng = np.random.default_rng([seed, 1])
    names = [f"{kind}/{channel}" for kind in generator.TYPES for channel in generator.CHANNELS]
    chances = assignment(log.frame) if chances is None else chances
    chances = np.where([name == without for name in names], 0, chances)
    chances /= chances.sum(axis=1, keepdims=True)
    arm = (rng.random((len(chances), 1)) > chances.cumsum(axis=1)).sum(axis=1).clip(max=len(names) - 1)
    own = log.chance.reshape(len(chances), -1)[np.arange(len(chances)), arm]
    return pd.DataFrame(
        {
            "decision_id": [f"{number:032x}" for number in range(len(chances))],
            "customer_id": log.frame["customer_id"],
            "campaign_type": [names[one].split("/")[0] for one in arm],
            "campaign_channel": [names[one].split("/")[1] for one in arm],
            "candidates": [
                json.dumps(
                    {
                        name: share
                        for name, share in zip(names, row, strict=True)
                        if share is None or share > 0
                    }
                )
                for row in np.where(True if may is None else may, chances, None).tolist()
            ],
            "has_converted": rng.random(len(chances)) < own,
            "outcome_at": pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(len(chances)), "min"),
        }
    )


def logged_frame(log: KnownLog, **drawn: Any) -> pd.DataFrame:
    """Return a log as the task takes it, with decisions of `decisions_of`."""
    return policy_log.log_rows(log.frame, decisions_of(log, **drawn))
