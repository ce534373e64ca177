"""Decisions: made, and explained as of their day."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from fastapi.responses import JSONResponse

from bank_marketing.service.answers import DecisionAnswer, Explanation, decision_answer, problems
from bank_marketing.service.errors import RefusedError
from bank_marketing.service.explaining import explained, find_decisions
from bank_marketing.service.requests import DecisionId, DecisionRequest

ROUTER = APIRouter(tags=["decisions"])
OF_LOG = ("outcome", "place", "value_usd", "recorded_at")


@ROUTER.post(
    "/decisions",
    response_model=DecisionAnswer,
    responses=problems(
        {
            400: "The request isn't as described, or names an unknown channel.",
            404: "The published file doesn't know the customer, and no context was sent.",
            409: "The idempotency_key was used for another customer.",
            503: "Nothing can be written now.",
        }
    ),
)
async def decide(body: DecisionRequest, request: Request) -> JSONResponse:
    """Decide which campaign a customer gets now; it is in the log before it is answered."""
    row = await request.app.state.running.writer.ask(body.ask())
    return JSONResponse(decision_answer(row))


@ROUTER.get(
    "/decisions/{decision_id}",
    response_model=Explanation,
    responses=problems({400: "That is no name of a decision.", 404: "The log has no such decision."}),
)
def explain(decision_id: Annotated[DecisionId, InPath()], request: Request) -> dict[str, Any]:
    """Say why a decision was made, with every candidate and what came of it."""
    with request.app.state.running.store.read() as connection:
        found = find_decisions(connection, decision_id=decision_id)
    if not found:
        raise RefusedError(404, "unknown_decision", f"No decision {decision_id!r} is in the log.")
    ((row, outcomes),) = found
    return {
        "decision": decision_answer(row),
        "explanation": explained(row, outcomes),
        "candidates": row["candidates"],
        "outcomes": [{name: one[name] for name in OF_LOG} for one in outcomes],
    }
