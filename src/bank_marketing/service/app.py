"""The service over HTTP: a module of routes for each group, one shape for whatever is refused."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from bank_marketing.service.errors import RefusedError
from bank_marketing.service.routes import decisions, health, outcomes
from bank_marketing.service.running import Running, Settings, start
from bank_marketing.service.writer import UnavailableError

ROUTERS = (decisions.ROUTER, outcomes.ROUTER, health.ROUTER)
# By it `serve` tells its workers what it was told.
ENVIRONMENT = "BANK_MARKETING_SERVICE"
MOST_ERRORS = 20


def create_app(begin: Callable[[], Running]) -> FastAPI:
    """Return the application.

    Parameters
    ----------
    begin : callable
        Begins the service when the server does; the application ends it.

    Returns
    -------
    fastapi.FastAPI
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.running = running = begin()
        try:
            yield
        finally:
            running.close()

    app = FastAPI(
        title="bank_marketing decisions",
        version="1",
        description="Which campaign a customer gets now. Every decision is in a log before it is answered.",
        lifespan=lifespan,
    )
    for router in ROUTERS:
        app.include_router(router)
    app.add_exception_handler(RefusedError, _refused)
    app.add_exception_handler(UnavailableError, _unavailable)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _failed)
    app.openapi = lambda: _documented(app)  # type: ignore[method-assign]
    return app


def from_environment() -> FastAPI:
    """Return the application that `bank-marketing serve` has described in the environment."""
    stated = json.loads(os.environ[ENVIRONMENT])
    rules = Path(stated["rules"]) if stated["rules"] else None
    settings = Settings(Path(stated["warehouse"]), stated["database"], rules)
    return create_app(lambda: start(settings))


def _problem(status: int, code: str, message: str, errors: list[str] | None = None) -> JSONResponse:
    return JSONResponse({"code": code, "message": message, "errors": errors or []}, status)


def _refused(_request: Request, error: Any) -> JSONResponse:
    return _problem(error.status, error.code, error.message)


def _unavailable(_request: Request, error: Exception) -> JSONResponse:
    return _problem(503, "unavailable", f"Nothing was written, since {error}. Try again.")


def _invalid(_request: Request, error: Any) -> JSONResponse:
    said = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:MOST_ERRORS]]
    return _problem(400, "invalid_request", "The request isn't as /docs describes it.", said)


def _http(_request: Request, error: Any) -> JSONResponse:
    return _problem(error.status_code, "http_error", str(error.detail))


def _failed(_request: Request, error: Exception) -> JSONResponse:
    return _problem(500, "failed", f"The service failed ({type(error).__name__}).")


def _documented(app: FastAPI) -> dict[str, Any]:
    """Describe the routes; what is invalid is answered by 400, not by FastAPI's 422."""
    if not app.openapi_schema:
        schema = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        for path in schema["paths"].values():
            for operation in path.values():
                operation["responses"].pop("422", None)
        for name in ("HTTPValidationError", "ValidationError"):
            schema.get("components", {}).get("schemas", {}).pop(name, None)
        app.openapi_schema = schema
    return app.openapi_schema
