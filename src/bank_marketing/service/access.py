"""Who may ask, how often and how much: checked before a request is looked at."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bank_marketing.errors import UserError
from bank_marketing.service.answers import problem

KEY = "BANK_MARKETING_API_KEY"
KEY_HEADER = "X-API-Key"
KEY_NAME = KEY_HEADER.lower().encode()
SHORTEST_KEY = 16
MOST_BYTES = 1_000_000
# For whoever watches the service and knows no key; it says nothing of customers.
OPEN = "/health"


def _too_large(said: str) -> ASGIApp:
    return problem(413, "too_large", said)


@dataclass(frozen=True)
class Access:
    """What is asked of requests.

    Parameters
    ----------
    key : str
        The key that each request has to bring; empty for none.
    wait : callable or None
        Returns 0 if there is room for a request now, else seconds until there is; None for no limit.
    most_bytes : int
        Size of a request's body.
    too_large : callable
        Returns what answers a larger one, from what is to be said.
    """

    key: str = ""
    wait: Callable[[], float] | None = None
    most_bytes: int = MOST_BYTES
    too_large: Callable[[str], ASGIApp] = _too_large


class Guard:
    """Refuses what `Access` doesn't permit.

    Parameters
    ----------
    app : ASGI application
        What is guarded.
    access : Access
        What is permitted.
    """

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["path"] == OPEN:
            await self._app(scope, receive, send)
            return
        access, headers = self._access, dict(scope["headers"])
        if access.key and not hmac.compare_digest(headers.get(KEY_NAME, b""), access.key.encode()):
            answer = problem(401, "no_key", f"Expected the service's key in the header {KEY_HEADER}.")
            answer.headers["WWW-Authenticate"] = "APIKey"
            await answer(scope, receive, send)
            return
        if access.wait and (seconds := access.wait()):
            answer = problem(429, "too_many_requests", "More requests than the service takes. Send it later.")
            answer.headers["Retry-After"] = str(int(seconds) + 1)
            await answer(scope, receive, send)
            return
        length = headers.get(b"content-length", b"0").decode("latin-1")
        if not length.isdecimal() or int(length) > access.most_bytes:
            await access.too_large(_said(access.most_bytes))(scope, receive, send)
            return
        await self._app(scope, self._counted(receive), send)

    def _counted(self, receive: Receive) -> Receive:
        """Count what comes without saying beforehand how much."""
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._access.most_bytes:
                raise HTTPException(413, _said(self._access.most_bytes))
            return message

        return counted


def _said(most: int) -> str:
    return f"The request is too large, expected at most {most:,} bytes."


def stated_key(file: Path | None, environment: str) -> str:
    """Return the service's key.

    Parameters
    ----------
    file : Path or None
        Holds it, in a line.
    environment : str
        The key as the environment has it; the file counts first.

    Returns
    -------
    str
        Empty if there is none.

    Raises
    ------
    UserError
        If it can't be read or is too short.
    """
    key = environment
    if file:
        try:
            key = file.read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            raise UserError(f"{file}: the key can't be read ({error}).") from error
    key = key.strip()
    if not key.isascii():
        # How browsers and clients would send them differs.
        where = file or "The key in the environment"
        raise UserError(f"{where}: found characters beyond ASCII, expected ASCII letters, digits and signs.")
    if (file or key) and len(key) < SHORTEST_KEY:
        where = file or "The key in the environment"
        raise UserError(f"{where}: found {len(key)} characters, expected at least {SHORTEST_KEY}.")
    return key


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
