"""The shapes of answers, for the documentation of the routes, and how a logged decision is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from starlette.responses import JSONResponse

from bank_marketing.service.errors import RefusedError
from bank_marketing.service.explaining import REASONS


class Action(BaseModel):
    """A campaign."""

    campaign_type: str
    campaign_channel: str


class DecisionAnswer(BaseModel):
    """A decision, which is in the log."""

    decision_id: str
    population: str
    customer_id: int | None
    decided_at: datetime
    action: Action | None
    probability: float
    expected_profit_usd: float
    expected_profit_usd_low: float
    expected_profit_usd_high: float
    reason: str
    message: str
    publication: int
    policy: str
    model_version: int
    rules_version: str
    learned_through: int


class OutcomeAnswer(BaseModel):
    """What the log took of an outcome: as answer, correction of a no, withdrawal, or complaint after one."""

    decision_id: str
    taken_as: str


class Explanation(BaseModel):
    """A decision with all that explains it."""

    decision: DecisionAnswer
    explanation: list[str]
    candidates: dict[str, Any]
    outcomes: list[dict[str, Any]]


class Problem(BaseModel):
    """What was wrong; the same shape for everything."""

    code: str
    message: str
    errors: list[str] = []


ANSWERED = tuple(DecisionAnswer.model_fields)


def decision_answer(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of the log as it is answered.

    Parameters
    ----------
    row : mapping
        Of `schema.DECISIONS`.

    Returns
    -------
    dict of str to any
        Plain values.
    """
    kind, channel = row["campaign_type"], row["campaign_channel"]
    made = {
        "decided_at": f"{row['decided_at'].isoformat()}Z",
        "action": None if kind is None else {"campaign_type": kind, "campaign_channel": channel},
        "message": REASONS[row["reason"]],
    }
    return {name: made[name] if name in made else row[name] for name in ANSWERED}


def problem(status: int, code: str, message: str, errors: Sequence[str] = ()) -> JSONResponse:
    """Return a refusal, in the shape of all of them."""
    return JSONResponse({"code": code, "message": message, "errors": list(errors)}, status)


def refused(error: RefusedError) -> JSONResponse:
    """Return the answer to what is refused."""
    return problem(error.status, error.code, error.message)


def unavailable(error: Exception) -> JSONResponse:
    """Return the answer where nothing can be written."""
    return problem(503, "unavailable", f"Nothing was written, since {error}. Try again.")


def problems(statuses: Mapping[int, str]) -> dict[int | str, dict[str, Any]]:
    """Return the documentation of refusals, by status."""
    return {status: {"model": Problem, "description": text} for status, text in statuses.items()}
