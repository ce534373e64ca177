"""The service over HTTP: a module of routes for each group, one shape for whatever is refused."""

from __future__ import annotations

import gc
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException

from bank_marketing.errors import UserError, without_folders
from bank_marketing.service.access import KEY, Access, Guard, stated_key
from bank_marketing.service.answers import problem, refused, unavailable
from bank_marketing.service.bucket import TokenBucket
from bank_marketing.service.direct import Direct
from bank_marketing.service.documenting import documented
from bank_marketing.service.errors import RefusedError
from bank_marketing.service.routes import (
    customers,
    decisions,
    health,
    lists,
    metrics,
    models,
    outcomes,
    scores,
)
from bank_marketing.service.running import Running, Settings, start, utc_now
from bank_marketing.service.watching import Counts, Watch, make_logger
from bank_marketing.service.writer import UnavailableError
from bank_marketing.serving.opened import Shelf

ROUTERS = (
    *(decisions.ROUTER, outcomes.ROUTER, customers.ROUTER, scores.ROUTER, lists.ROUTER, models.ROUTER),
    *(health.ROUTER, metrics.ROUTER),
)
# By it `serve` tells its workers what it was told.
ENVIRONMENT = "BANK_MARKETING_SERVICE"
MOST_ERRORS = 20
CODES = {404: "unknown_route", 405: "wrong_method", 413: "too_large"}
OF_ANYBODY = Access()
# It would tell whoever collects it the paths of requests, which name customers.
NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}


def create_app(
    begin: Callable[[], Running],
    *,
    shelf: Shelf | None = None,
    access: Access = OF_ANYBODY,
    logger: Any = None,
) -> FastAPI:
    """Return the application.

    Parameters
    ----------
    begin : callable
        Begins the service when the server does; the application ends it.
    shelf : Shelf, optional
        What is published; without it decisions alone are answered.
    access : Access, optional
        What requests are asked for; by default nothing.
    logger : structlog logger, optional
        Where a line for each request goes; by default nowhere.

    Returns
    -------
    fastapi.FastAPI
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.running = running = begin()
        # What is there now stays: collections needn't go through it again and again.
        gc.collect()
        gc.freeze()
        try:
            yield
        finally:
            running.close()

    app = FastAPI(
        title="bank_marketing decisions",
        version="1",
        description="Which campaign a customer gets now. Every decision is in a log before it is answered.",
        lifespan=lifespan,
        telemetry=NO_TELEMETRY,
    )
    app.state.shelf, app.state.counts = shelf, Counts()
    for router in ROUTERS:
        app.include_router(router)
    app.add_exception_handler(RefusedError, lambda _request, error: refused(error))
    app.add_exception_handler(UnavailableError, lambda _request, error: unavailable(error))
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(UserError, _unserved)
    app.openapi = lambda: documented(app, access)  # type: ignore[method-assign]
    app.add_middleware(Direct)
    app.add_middleware(Guard, access=access)
    app.add_middleware(Watch, counts=app.state.counts, logger=logger)
    return app


def from_environment() -> FastAPI:
    """Return the application that `bank-marketing serve` has described in the environment."""
    stated = json.loads(os.environ[ENVIRONMENT])
    rules = Path(stated["rules"]) if stated["rules"] else None
    settings = Settings(Path(stated["warehouse"]), stated["database"], rules)
    key_file = Path(stated["key_file"]) if stated["key_file"] else None
    bucket = TokenBucket(stated["rate"], Path(stated["bucket"])) if stated["rate"] else None
    return create_app(
        lambda: start(settings),
        shelf=Shelf(settings.warehouse, lambda: utc_now().date()),
        access=Access(stated_key(key_file, os.environ.get(KEY, "")), bucket.wait if bucket else None),
        logger=make_logger(),
    )


def _invalid(_request: Request, error: Any) -> JSONResponse:
    said = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:MOST_ERRORS]]
    return problem(400, "invalid_request", "The request isn't as /docs describes it.", said)


def _http(_request: Request, error: Any) -> JSONResponse:
    answer = problem(error.status_code, CODES.get(error.status_code, "http_error"), str(error.detail))
    answer.headers.update(error.headers or {})
    return answer


def _unserved(_request: Request, error: Exception) -> JSONResponse:
    return problem(503, "unavailable", without_folders(error))
