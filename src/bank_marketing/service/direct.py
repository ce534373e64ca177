"""The usual request for a decision, without all that FastAPI does for any request."""

from __future__ import annotations

from pydantic_core import to_json
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bank_marketing.service.answers import decision_answer, refused, unavailable
from bank_marketing.service.errors import RefusedError
from bank_marketing.service.requests import DecisionRequest
from bank_marketing.service.routes.decisions import ROUTER
from bank_marketing.service.writer import UnavailableError

(ROUTE,) = (route for route in ROUTER.routes if getattr(route, "path", "") == "/decisions")
JSON = (b"content-type", b"application/json")


class Direct:
    """Decides where a request is as described, and leaves all others to the route.

    Parameters
    ----------
    app : ASGI application
        With the route.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if not _is_usual(scope):
            await self._app(scope, receive, send)
            return
        message = await receive()
        request = _request(message)
        if request is None:
            await self._app(scope, _again(message, receive), send)
            return
        scope["route"] = ROUTE
        try:
            row = await scope["app"].state.running.writer.ask(request.ask())
        except RefusedError as error:
            answer = refused(error)
        except UnavailableError as error:
            answer = unavailable(error)
        else:
            body = to_json(decision_answer(row))
            head = [(b"content-length", b"%d" % len(body)), JSON]
            await send({"type": "http.response.start", "status": 200, "headers": head})
            await send({"type": "http.response.body", "body": body})
            return
        await answer(scope, receive, send)


def _is_usual(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["path"] != "/decisions" or scope["method"] != "POST":
        return False
    # A body whose length isn't said may be too large, which the route says.
    return JSON in scope["headers"] and any(name == b"content-length" for name, _ in scope["headers"])


def _request(message: Message) -> DecisionRequest | None:
    """Read a request; None if it isn't whole or not as described."""
    if message["type"] != "http.request" or message.get("more_body"):
        return None
    try:
        return DecisionRequest.model_validate_json(message["body"])
    except ValueError:
        return None


def _again(message: Message, receive: Receive) -> Receive:
    """Return what brings a message once more, then what comes after it."""
    left = [message]

    async def received() -> Message:
        return left.pop() if left else await receive()

    return received
