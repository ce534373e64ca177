"""Decisions of the service, from its log: one with all its candidates, or all about a customer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bank_marketing.service.explaining import REASONS, explained
from bank_marketing.serving.opened import Opened, plain
from bank_marketing.web.asked import Asked
from bank_marketing.web.page import Page
from bank_marketing.web.tables import Column, Table
from bank_marketing.web.words import between, money

Found = list[tuple[dict[str, Any], list[dict[str, Any]]]]
# Finds decisions with their outcomes by a name, or by a customer's number.
Find = Callable[[str], Found]
OF_CANDIDATES = ("chance", "expected_profit_usd", "probability", "rank", "value_usd", "cost_usd", "stage")


def page(find: Find) -> Page:
    """Return the page of decisions.

    Parameters
    ----------
    find : callable
        Looks into the log.

    Returns
    -------
    Page
    """

    def found(asked: Asked) -> Found:
        wanted = asked.text("find")
        return find(wanted) if wanted else []

    def decision(_opened: Opened, asked: Asked) -> dict[str, Any]:
        rows = found(asked)
        sentences = explained(*rows[0]) if len(rows) == 1 else []
        return {"wanted": asked.text("find"), "number": len(rows), "sentences": sentences}

    return Page(
        name="decisions",
        path="/decisions",
        title="Decisions",
        questions=("What did the service decide about this customer, and why?", "What else could it choose?"),
        reading=(
            "A decision is shown as it was made: with the policy, the publication and the rules of contact of"
            " that moment. The sentences may be told to the customer. The probability is the chance that the"
            " policy had of choosing a candidate; it explores on purpose, and its profit is an expectation."
        ),
        parts={
            "decision": decision,
            "decisions": lambda _opened, asked: listed(found(asked), asked),
            "candidates": lambda _opened, asked: candidates(found(asked), asked),
        },
    )


def listed(found: Found, asked: Asked) -> Table:
    """Return decisions about a customer, the newest first."""
    rows = [
        {
            "decision_id": row["decision_id"],
            "decided_at": plain(row["decided_at"]),
            "campaign": _campaign(row),
            "message": REASONS[row["reason"]],
            "outcome": "; ".join(one["outcome"] for one in outcomes) or None,
        }
        for row, outcomes in reversed(found)
    ]
    return Table(
        name="decisions",
        title="Decisions about this customer",
        rows=rows,
        columns=(
            Column("decision_id", "Decision", "id", link="/decisions?find={decision_id}"),
            Column("decided_at", "Decided", "date"),
            Column("campaign", is_filter=True),
            Column("message", "Why"),
            Column("outcome"),
        ),
        source="the log of decisions",
        asked=asked,
    )


def _campaign(row: Mapping[str, Any]) -> str:
    if row["campaign_type"] is None:
        return "no contact"
    return f"{row['campaign_type']} by {row['campaign_channel']}"


def candidates(found: Found, asked: Asked) -> Table:
    """Return what a decision could choose from, the best first; fallen ones last."""
    rows: Sequence[dict[str, Any]] = []
    note = ""
    if len(found) == 1:
        ((row, _),) = found
        of = row["candidates"]
        rows = [
            {
                "campaign": _campaign({"campaign_type": kind, "campaign_channel": of["campaign_channel"][n]}),
                "is_chosen": (kind, of["campaign_channel"][n])
                == (row["campaign_type"], row["campaign_channel"]),
                # The chance is of contacts alone.
                **{name: of[name][n] if n < len(of[name]) else None for name in OF_CANDIDATES},
                "fell": REASONS[of["stage"][n]] if of["stage"][n] else None,
            }
            for n, kind in enumerate(of["campaign_type"])
        ]
        rows = sorted(rows, key=lambda one: (bool(one["stage"]), one["rank"]))
        interval = between(row["expected_profit_usd_low"], row["expected_profit_usd_high"], "money")
        note = f"The chosen one: {money(row['expected_profit_usd'])} of expected profit ({interval})."
    return Table(
        name="candidates",
        title="All candidates",
        rows=rows,
        columns=(
            Column("campaign"),
            Column("is_chosen", "Chosen", "truth"),
            Column("expected_profit_usd", "Expected profit", "money"),
            Column("chance", "Chance of converting", "percent"),
            Column("probability", "Chance of being chosen", "percent"),
            Column("cost_usd", "Cost", "money"),
            Column("fell", "Fell out because"),
        ),
        source="the log of decisions",
        asked=asked,
        note=note,
        rows_a_page=60,
    )
