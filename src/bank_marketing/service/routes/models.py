"""The models of the publication."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from bank_marketing.service.answers import problems
from bank_marketing.service.published import Publication
from bank_marketing.service.routes.scores import BY_NAME

ROUTER = APIRouter(tags=["models"])
NEWEST = """
    select domain, model_name, model_version, status, fitted_at, depth, n, card
    from warehouse.evaluation.model_registry
    qualify row_number() over (partition by domain, model_name order by model_version desc) = 1
    order by domain, model_name
"""


class Models(BaseModel):
    """The newest version of each model; those that are scored take customers at /scores/{model_name}."""

    publication: int
    models: list[dict[str, Any]]


@ROUTER.get(
    "/models",
    response_model=Models,
    responses=problems({404: "No models are published.", 503: "The published file can't be read."}),
)
def models(opened: Publication) -> JSONResponse:
    """Tell which models are published, each with its card."""
    rows = opened.rows(NEWEST)
    found = [row | {"is_scored": row["model_name"] in BY_NAME} for row in rows]
    return JSONResponse({"publication": opened.number, "models": found})
