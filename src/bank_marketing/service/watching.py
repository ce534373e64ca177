"""What is told of requests: one line of the log each, counts for Prometheus, and nothing of customers."""

from __future__ import annotations

import os
import re
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TextIO

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from pydantic_core import to_json
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bank_marketing.service.answers import problem

ID_HEADER = "X-Request-ID"
ID_NAME = ID_HEADER.lower().encode()
GIVEN_ID = re.compile("[A-Za-z0-9_-]{1,64}")
SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)
# Set by `serve` where several processes answer: prometheus-client then counts in files that all read.
TOGETHER = "PROMETHEUS_MULTIPROC_DIR"


def make_logger(file: TextIO | None = None) -> Any:
    """Return a logger that writes lines of JSON, to the error output by default."""
    return structlog.wrap_logger(
        structlog.WriteLogger(file or sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(
                lambda line, **_settings: to_json(line, fallback=repr).decode()
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(0),
        cache_logger_on_first_use=True,
    )


class Counts:
    """Requests by route and status, and how long they took."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "bank_marketing_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self.seconds = Histogram(
            "bank_marketing_request_seconds",
            "Seconds until an answer.",
            ("method", "route"),
            buckets=SECONDS,
            registry=self._registry,
        )

        self._of: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answer."""
        key = (method, route, status)
        if key not in self._of:
            labels = self.requests.labels(method, route, str(status)), self.seconds.labels(method, route)
            self._of[key] = labels
        requests, taken = self._of[key]
        requests.inc()
        taken.observe(seconds)

    def exposed(self, state: dict[str, tuple[str, float]]) -> bytes:
        """Return the counts of all processes as Prometheus reads them.

        Parameters
        ----------
        state : dict of str to tuple
            What else is told, of this process and now: description and value by name.

        Returns
        -------
        bytes
        """
        now = CollectorRegistry()
        now.register(_State(state))
        counted = self._registry
        if os.environ.get(TOGETHER):
            MultiProcessCollector(counted := CollectorRegistry())  # type: ignore[no-untyped-call]
        return generate_latest(counted) + generate_latest(now)


class _State(Collector):
    def __init__(self, state: dict[str, tuple[str, float]]) -> None:
        self._state = state

    def collect(self) -> Iterator[Metric]:
        for name, (text, value) in self._state.items():
            yield GaugeMetricFamily(f"bank_marketing_{name}", text, value=value)


class Watch:
    """Counts and logs each request, gives it an id, and turns what nobody caught into an answer.

    Parameters
    ----------
    app : ASGI application
        What is watched.
    counts : Counts
        Where to count.
    logger : structlog logger
        Where to write; None for nowhere.
    failed : callable, optional
        Makes the answer of a failure from what is to be said; by default one in the service's shape.
    """

    def __init__(
        self, app: ASGIApp, counts: Counts, logger: Any, failed: Callable[[str], ASGIApp] | None = None
    ) -> None:
        self._app, self._counts, self._logger = app, counts, logger
        self._failed = failed or (lambda said: problem(500, "failed", said))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()
        given = dict(scope["headers"]).get(ID_NAME, b"").decode("latin-1")
        request_id = given if GIVEN_ID.fullmatch(given) else os.urandom(16).hex()
        status, failure = 0, {}

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (ID_NAME, request_id.encode())]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception as error:
            failure = {"error": type(error).__name__, "at": _places(error)}
            if status:
                raise RuntimeError("the answer broke off") from None
            said = f"The service failed ({type(error).__name__}). Its log knows more: request {request_id}."
            await self._failed(said)(scope, receive, send_with_id)
        finally:
            seconds = time.perf_counter() - begun
            # The template: a path names customers.
            route = getattr(scope.get("route"), "path", "none")
            method = scope["method"] if route != "none" else "any"
            self._counts.count(method, route, status, seconds)
            if self._logger:
                self._logger.log(
                    40 if status >= 500 else 20,
                    "request",
                    request_id=request_id,
                    method=method,
                    route=route,
                    status=status,
                    milliseconds=round(1000 * seconds, 3),
                    **failure,
                )


def _places(error: Exception) -> list[str]:
    """Return where an exception came from; its text may hold what a customer sent."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(__file__).parents[1] in Path(frame.filename).parents]
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in [*ours, frames[-1]]]
