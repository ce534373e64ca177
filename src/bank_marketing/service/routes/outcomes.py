"""Outcomes of decisions."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from bank_marketing.service.answers import OutcomeAnswer, problems
from bank_marketing.service.requests import OutcomeRequest

ROUTER = APIRouter(tags=["outcomes"])


@ROUTER.post(
    "/outcomes",
    response_model=OutcomeAnswer,
    responses=problems(
        {
            400: "The request isn't as described.",
            404: "The log has no such decision.",
            409: "The decision was no contact, has an outcome already, or it came too late.",
            503: "Nothing can be written now.",
        }
    ),
)
async def record(body: OutcomeRequest, request: Request) -> JSONResponse:
    """Take what came of a decision into the log; the policy learns it within a moment."""
    place = await request.app.state.running.writer.ask(body.report())
    return JSONResponse({"decision_id": body.decision_id, "taken_as": place})
