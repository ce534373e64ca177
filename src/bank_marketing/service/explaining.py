"""A decision in words that a customer may be told: they name what was done and why, and no trait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from bank_marketing.service.schema import DECISIONS, OUTCOMES

REASONS = {
    "best": "Of the campaigns that could be offered, this one was expected to be worth most.",
    "explored": "Drawn at random among choices that may be worth most, so that we learn which one is.",
    "no_gain": "No campaign was expected to be worth what it costs.",
    "profiling": "The customer objects to profiling, so nothing is chosen for them.",
    "withdrawn": "The customer unsubscribed or complained after an earlier contact.",
    "not_permitted": "The customer may not be contacted.",
    "no_consent": "The customer hasn't given consent, which this channel needs.",
    "held_out": "The customer belongs to a random group of a list that isn't contacted for a while.",
    "control": "The customer belongs to a random group that isn't contacted, so that effects are measured.",
    "contact_pause": "The customer was contacted not long ago.",
    "contact_limit": "The customer was contacted as often as is allowed in this period.",
    "channel_limit": "The customer was contacted by this channel as often as is allowed in this period.",
    "quiet_hours": "At this hour nobody is contacted by this channel.",
    "not_asked_for": "The channel couldn't be used at that moment.",
    "not_offered": "The campaign isn't offered.",
}
OUTCOMES_SAID = {
    "converted": "The customer converted",
    "declined": "The customer declined",
    "silent": "No answer came in time, which counts as a no",
    "not_delivered": "The contact couldn't be delivered",
    "unsubscribed": "The customer unsubscribed",
    "complained": "The customer complained",
}


def explained(row: Mapping[str, Any], outcomes: Sequence[Mapping[str, Any]]) -> list[str]:
    """Say what was decided, why, by what, and what came of it.

    Parameters
    ----------
    row : mapping
        Of `schema.DECISIONS`.
    outcomes : sequence of mapping
        Its rows of `schema.OUTCOMES`, in their order.

    Returns
    -------
    list of str
        Sentences.
    """
    stages = [stage for stage in row["candidates"]["stage"] if stage]
    done = (
        "No contact was chosen"
        if row["campaign_type"] is None
        else f"A {row['campaign_type']} campaign by {row['campaign_channel']} was chosen"
    )
    said = [
        f"{_moment(row['decided_at'])}: {done} (decision {row['decision_id']}).",
        REASONS[row["reason"]],
    ]
    of_all = len(row["candidates"]["stage"]) - 1
    if stages and len(stages) < of_all:
        said += [
            f"{stages.count(stage)} of {of_all} campaigns fell out before: {REASONS[stage]}"
            for stage in sorted(set(stages))
        ]
    if row["campaign_type"] is not None:
        said.append(
            f"It had a chance of {row['probability']:.3g} of being chosen, at an expected profit of"
            f" {row['expected_profit_usd']:,.2f} US dollars (95 %: {row['expected_profit_usd_low']:,.2f} to"
            f" {row['expected_profit_usd_high']:,.2f})."
        )
    said.append(
        f"Decided by the policy {row['policy']!r} (version {row['model_version']}) of publication"
        f" {row['publication']}, rules of contact {row['rules_version']}, outcomes up to number"
        f" {row['learned_through']} known."
    )
    said += [f"{_moment(one['recorded_at'])}: {OUTCOMES_SAID[one['outcome']]}." for one in outcomes]
    return said


def find_decisions(
    connection: Connection,
    *,
    decision_id: str | None = None,
    population: str = "",
    customer_id: int | None = None,
    until: datetime | None = None,
) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Return decisions with their outcomes, the oldest first.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        To the log.
    decision_id : str, optional
        A single one.
    population, customer_id
        Or all of a customer.
    until : datetime.datetime, optional
        Only those made by then.

    Returns
    -------
    list of tuple
        A row of `schema.DECISIONS` and its rows of `schema.OUTCOMES`.
    """
    wanted = select(DECISIONS).order_by(DECISIONS.c.position)
    if decision_id is not None:
        wanted = wanted.where(DECISIONS.c.decision_id == decision_id)
    else:
        wanted = wanted.where(DECISIONS.c.population == population, DECISIONS.c.customer_id == customer_id)
    if until is not None:
        wanted = wanted.where(DECISIONS.c.decided_at <= until)
    rows = [dict(row) for row in connection.execute(wanted).mappings()]
    came = select(OUTCOMES).order_by(OUTCOMES.c.position)
    return [
        (
            row,
            [
                dict(one)
                for one in connection.execute(
                    came.where(OUTCOMES.c.decision_id == row["decision_id"])
                ).mappings()
            ],
        )
        for row in rows
    ]


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
