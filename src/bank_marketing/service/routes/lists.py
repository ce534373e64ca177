"""Lists as they may be used now."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi import Path as InPath
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from bank_marketing.service.answers import problems
from bank_marketing.service.errors import RefusedError
from bank_marketing.service.publication import DOMAIN
from bank_marketing.service.published import Publication, withdrawn
from bank_marketing.service.running import utc_now
from bank_marketing.serving.lists import LISTS

ROUTER = APIRouter(tags=["lists"])
Name = Literal["retention_call_list", "campaign_target_list", "next_best_offer_list"]


class ListAnswer(BaseModel):
    """A page of a list: whoever may not be contacted, or was exported of an earlier one, isn't on it."""

    publication: int
    list_publication: int
    name: str
    valid_until: str | None
    left_out: int
    total: int
    rows: list[dict[str, Any]]


@ROUTER.get(
    "/lists/{name}",
    response_model=ListAnswer,
    responses=problems(
        {
            400: "The request isn't as described.",
            404: "No such list is published.",
            409: "The list is no longer valid.",
            503: "Nobody can tell now who may be contacted.",
        }
    ),
)
def list_of(
    name: Annotated[Name, InPath(examples=["retention_call_list"])],
    opened: Publication,
    request: Request,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
    expired_too: bool = False,
) -> JSONResponse:
    """Show a list. That notes nothing: whoever contacts customers takes it by `bank-marketing export`."""
    published = LISTS[name]
    current, rows = opened.list_rows(published)
    until = current.valid_until
    if until is not None and until < utc_now().date() and not expired_too:
        raise RefusedError(
            409, "expired", f"{name} was valid until {until}. Publish anew, or ask expired_too."
        )
    left_out = current.forbidden + current.just_exported
    if published.domain == DOMAIN:
        with request.app.state.running.store.read() as connection:
            said_no = withdrawn(connection)
        kept = [
            row
            for row in rows
            if said_no.get(row[published.key], set()).isdisjoint(("all", row["campaign_channel"]))
        ]
        left_out += len(rows) - len(kept)
        rows = kept
    return JSONResponse(
        {
            "publication": opened.number,
            "list_publication": current.publication,
            "name": name,
            "valid_until": until and until.isoformat(),
            "left_out": left_out,
            "total": len(rows),
            "rows": rows[offset : offset + limit],
        }
    )
