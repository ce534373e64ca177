"""What Prometheus reads."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST

ROUTER = APIRouter(tags=["health"])


@ROUTER.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def metrics(request: Request) -> Response:
    """Tell requests by route and status, how long they took, and what decisions are made by."""
    running = request.app.state.running
    state = running.keeper.state
    now = {
        "publication": ("Publication that decides.", float(state.publication.number)),
        "learned_through": (
            "Newest outcome of the log that is learned.",
            float(state.belief.learned_through),
        ),
        "is_healthy": ("1 if decisions can be made and written.", 0.0 if running.problem() else 1.0),
    }
    return Response(request.app.state.counts.exposed(now), media_type=CONTENT_TYPE_LATEST)
