"""What may be said of one customer."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from bank_marketing.service.answers import problems
from bank_marketing.service.errors import RefusedError
from bank_marketing.service.publication import POPULATION
from bank_marketing.service.published import Publication, withdrawn
from bank_marketing.serving.customers import customer_view
from bank_marketing.serving.populations import POPULATIONS

ROUTER = APIRouter(tags=["customers"])
Name = Literal["campaign_customers", "bank_customers", "retail_customers", "churn_customers"]


class Customer(BaseModel):
    """A customer by one publication; rows are those of its tables."""

    publication: int
    population: str
    customer_id: int
    may_be_contacted: bool
    objects_to_profiling: bool
    withdrawn_channels: list[str]
    segments: list[dict[str, Any]]
    scores: list[dict[str, Any]]
    offers: list[dict[str, Any]]
    list: str | None
    list_row: dict[str, Any] | None


@ROUTER.get(
    "/customers/{population}/{customer_id}",
    response_model=Customer,
    responses=problems(
        {
            400: "The request isn't as described.",
            404: "The publication doesn't know the customer, or not these customers.",
            503: "Nobody can tell now what may be said.",
        }
    ),
)
def customer(
    population: Annotated[Name, InPath(examples=["churn_customers"])],
    customer_id: Annotated[int, InPath(ge=0, le=2**63 - 1, examples=[15634602])],
    opened: Publication,
    request: Request,
) -> JSONResponse:
    """Tell segments, scores, offers and the row of the list, with reasons that may be said."""
    view = customer_view(opened, POPULATIONS[population], customer_id)
    if view is None:
        raise RefusedError(
            404, "unknown_customer", f"Publication {opened.number} knows no {population} {customer_id}."
        )
    channels: set[str | None] = set()
    if population == POPULATION:
        with request.app.state.running.store.read() as connection:
            channels = withdrawn(connection, [customer_id]).get(customer_id, set())
    if "all" in channels:
        view["may_be_contacted"] = False
    row = view["list_row"]
    if row and not channels.isdisjoint(("all", row.get("campaign_channel"))):
        view["list_row"] = None
    return JSONResponse(view | {"withdrawn_channels": sorted(map(str, channels))})
