"""Whether the service can decide."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

ROUTER = APIRouter(tags=["health"])


class Health(BaseModel):
    """What the service is doing, and what is wrong."""

    status: str
    problem: str
    warning: str
    publication: int
    model_version: int
    learned_through: int


@ROUTER.get(
    "/health",
    response_model=Health,
    responses={503: {"model": Health, "description": "Nothing can be decided now; `problem` says why."}},
)
async def health(request: Request) -> JSONResponse:
    """Tell whether decisions can be made and written."""
    running = request.app.state.running
    state, problem = running.keeper.state, running.problem()
    found = {
        "status": "failing" if problem else "ok",
        "problem": problem,
        "warning": running.keeper.problem,
        "publication": state.publication.number,
        "model_version": state.publication.policy.version,
        "learned_through": state.belief.learned_through,
    }
    return JSONResponse(found, 503 if problem else 200)
