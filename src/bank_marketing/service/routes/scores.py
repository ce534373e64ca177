"""Scores of customers who are sent: of one who has just arrived, or of many."""

from __future__ import annotations

import csv
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import duckdb
from fastapi import APIRouter, Body
from fastapi import Path as InPath
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from bank_marketing.errors import UserError
from bank_marketing.service.answers import problems
from bank_marketing.service.errors import RefusedError
from bank_marketing.service.published import Publication
from bank_marketing.serving.opened import plain
from bank_marketing.serving.scoring import score_by
from bank_marketing.serving.tasks import SERVED

ROUTER = APIRouter(tags=["scores"])
BY_NAME = {served.name: served for variants in SERVED.values() for served in variants.values()}
MOST_ROWS = 1000
SECONDS_TO_WAIT = 10
FILE = "customers.csv"
# One batch at a time: decisions need the processor, too.
SCORING = threading.Lock()

Header = Annotated[str, Field(pattern="^[ -~]{1,100}$")]
Text = Annotated[str, Field(max_length=200)]
Whole = Annotated[int, Field(ge=-(2**63), le=2**63 - 1)]
Number = Annotated[float, Field(ge=-1e15, le=1e15, allow_inf_nan=False)]
Cell = bool | Whole | Number | Text | None
EXAMPLE: dict[str, Any] = {
    "rows": [
        {
            **{"CustomerID": 99001, "Age": 41, "Gender": "Female", "Income": 52000, "LoyaltyPoints": 120},
            **{"CampaignChannel": "Email", "CampaignType": "Retention", "AdSpend": 3000.0},
            "PreviousPurchases": 3,
        }
    ]
}


class ScoreRequest(BaseModel):
    """Rows as in the file that the model is made of, by its headers (`bank-marketing formats` names them)."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [EXAMPLE]})

    rows: Annotated[
        list[Annotated[dict[Header, Cell], Field(min_length=1, max_length=60)]],
        Field(min_length=1, max_length=MOST_ROWS),
    ]


class ScoreAnswer(BaseModel):
    """The columns that `bank-marketing score` writes, and what it says."""

    publication: int
    model: str
    model_version: int
    scores: list[dict[str, Any]]
    notes: list[str]


@ROUTER.post(
    "/scores/{model}",
    response_model=ScoreAnswer,
    responses=problems(
        {
            400: "The request isn't as described.",
            404: "No such model is published.",
            422: "The rows can't be scored; the message says which values.",
            503: "Other batches are being scored.",
        }
    ),
)
def scores(
    model: Annotated[str, InPath(pattern="^[a-z_]{1,60}$", examples=["campaign_segments"])],
    body: Annotated[ScoreRequest, Body()],
    opened: Publication,
) -> JSONResponse:
    """Score customers as `bank-marketing score` does; row n is line n + 1 of messages."""
    served = BY_NAME.get(model)
    if served is None:
        raise RefusedError(404, "unknown_model", f"Unknown model, expected one of {', '.join(BY_NAME)}.")
    try:
        found = opened.model(served)
    except UserError as error:
        raise RefusedError(404, "not_published", _said(error, opened.warehouse.parent)) from error
    with _alone(), tempfile.TemporaryDirectory(prefix="bank-marketing-") as folder:
        path = Path(folder, FILE)
        _write(body.rows, path)
        try:
            with opened.undone() as connection:
                scored, notes = score_by(found, connection, path, opened.warehouse)
        except (UserError, duckdb.Error) as error:
            raise RefusedError(422, "not_scored", _said(error, path.parent)) from error
    rows = [
        dict(zip(scored.columns, map(plain, row), strict=True))
        for row in scored.astype(object).where(scored.notna(), None).to_numpy().tolist()
    ]
    return JSONResponse(
        {
            "publication": opened.number,
            "model": model,
            "model_version": found.version,
            "scores": rows,
            "notes": notes,
        }
    )


@contextmanager
def _alone() -> Iterator[None]:
    if not SCORING.acquire(timeout=SECONDS_TO_WAIT):
        raise RefusedError(503, "busy", "Other batches are being scored. Try again.")
    try:
        yield
    finally:
        SCORING.release()


def _write(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """Write rows as the file that the command line reads."""
    header = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows([[_cell(row.get(name)) for name in header] for row in rows])


def _cell(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value


def _said(error: Exception, folder: Path) -> str:
    """Say what was wrong, without the names of folders here."""
    text = str(error) if isinstance(error, UserError) else str(error).splitlines()[0]
    return text.replace(f"{folder}/", "")[:2000]
