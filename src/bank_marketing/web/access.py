"""Who may look: here everybody; beyond, by a password or by a proxy's word. Forms come from here alone."""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bank_marketing.service.access import is_loopback

SAFE = ("GET", "HEAD", "OPTIONS")
# Nothing is loaded from elsewhere, nothing runs that isn't ours, and no other page frames this one.
POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


@dataclass(frozen=True)
class Doors:
    """By which ways one comes in.

    Parameters
    ----------
    password : str
        Asked for by HTTP Basic, with any name; empty for none.
    proxy_header : str
        Header in which a proxy names who has logged in; requests without it are refused. Empty for none.
    proxies : tuple of str
        Addresses of proxies, whose word alone counts.
    is_local : bool
        Whether this machine alone reaches the pages; then requests have to name it, so that no other site's
        name leads here.
    """

    password: str = ""
    proxy_header: str = ""
    proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    is_local: bool = True


class Door:
    """Refuses what `Doors` doesn't permit, and tells browsers what pages may do.

    Parameters
    ----------
    app : ASGI application
        What is guarded.
    doors : Doors
        What is permitted.
    """

    def __init__(self, app: ASGIApp, doors: Doors) -> None:
        self._app, self._doors = app, doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refused = _refused(self._doors, scope)
        await (refused or self._app)(scope, receive, with_headers)


def _refused(doors: Doors, scope: Scope) -> PlainTextResponse | None:
    headers = Headers(scope=scope)
    if doors.proxy_header:
        peer = scope["client"][0] if scope.get("client") else ""
        if peer not in doors.proxies or not headers.get(doors.proxy_header):
            return PlainTextResponse("Come by the proxy, which knows who you are.", 403)
    elif doors.password and not _knows(doors.password, headers.get("authorization", "")):
        ask = {"WWW-Authenticate": 'Basic realm="bank_marketing", charset="UTF-8"'}
        return PlainTextResponse("A password is needed; any name will do.", 401, ask)
    elif not doors.password and doors.is_local and not is_loopback(_host(headers)):
        return PlainTextResponse("These pages are at 127.0.0.1 or localhost alone.", 421)
    if scope["method"] not in SAFE and not _is_from_here(headers):
        return PlainTextResponse(
            "This form was sent by another site. Open the page here and send it again.", 403
        )
    return None


def _host(headers: Headers) -> str:
    return urlsplit(f"//{headers.get('host', '')}").hostname or ""


def _knows(password: str, header: str) -> bool:
    kind, _, sent = header.partition(" ")
    try:
        _, _, found = base64.b64decode(sent, validate=True).partition(b":")
    except (binascii.Error, ValueError):
        return False
    return kind.lower() == "basic" and hmac.compare_digest(found, password.encode())


def _is_from_here(headers: Headers) -> bool:
    """Tell whether a request that changes something comes from a page of ours, as browsers say."""
    if site := headers.get("sec-fetch-site"):
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    # What is no browser says neither, and brings nobody's password unasked.
    return origin is None or urlsplit(origin).netloc == headers.get("host")
