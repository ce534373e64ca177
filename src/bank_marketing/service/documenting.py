"""The routes as programs read of them (OpenAPI), with what is refused before a route is reached."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from bank_marketing.service.access import KEY_HEADER, OPEN, Access

OF_BODIES = {"413": "The request is too large."}
OF_LIMIT = {"429": "More requests than the service takes; Retry-After says when to come again."}
OF_KEY = {"401": f"The header {KEY_HEADER} lacks the service's key."}


def documented(app: FastAPI, access: Access) -> dict[str, Any]:
    """Describe the routes.

    Parameters
    ----------
    app : fastapi.FastAPI
        The application, with its routes.
    access : Access
        What requests are asked for.

    Returns
    -------
    dict of str to any
        The document, made once.
    """
    if app.openapi_schema:
        return app.openapi_schema
    schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            responses = operation["responses"]
            # What is invalid is answered by 400, not by FastAPI's 422; a 422 of a route's own stays.
            if _is_of_fastapi(responses.get("422", {})):
                del responses["422"]
            refused = {} if path == OPEN else OF_LIMIT if access.wait else {}
            refused = refused | (OF_BODIES if "requestBody" in operation else {})
            if access.key and path != OPEN:
                refused = refused | OF_KEY
                operation["security"] = [{"key": []}]
            for status, text in refused.items():
                responses.setdefault(status, _problem(text))
    components = schema.setdefault("components", {})
    for name in ("HTTPValidationError", "ValidationError"):
        components.get("schemas", {}).pop(name, None)
    if access.key:
        components["securitySchemes"] = {"key": {"type": "apiKey", "in": "header", "name": KEY_HEADER}}
    app.openapi_schema = schema
    return schema


def _is_of_fastapi(response: dict[str, Any]) -> bool:
    return "HTTPValidationError" in str(response)


def _problem(text: str) -> dict[str, Any]:
    of_problem = {"$ref": "#/components/schemas/Problem"}
    return {"description": text, "content": {"application/json": {"schema": of_problem}}}
