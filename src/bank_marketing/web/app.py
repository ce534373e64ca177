"""The dashboard over HTTP: pages, their charts and their data."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any
from weakref import WeakKeyDictionary

from fastapi import FastAPI, File, Form, Request, UploadFile
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from bank_marketing.errors import UserError, without_folders
from bank_marketing.service.access import Access, Guard, stated_key
from bank_marketing.service.running import utc_now
from bank_marketing.service.watching import Counts, Watch, make_logger
from bank_marketing.serving.opened import Opened, Shelf
from bank_marketing.web.access import Door, Doors
from bank_marketing.web.asked import Asked
from bank_marketing.web.figures import WIDTHS, Figure, draw, warm_up
from bank_marketing.web.log import Log
from bank_marketing.web.page import Lacking, Page, part
from bank_marketing.web.pages import PAGES, decisions, new_data
from bank_marketing.web.recent import Recent
from bank_marketing.web.rendering import FOLDER, problem_page, rendered
from bank_marketing.web.tables import Table

# By it `dashboard` tells the process what it was told.
ENVIRONMENT, PASSWORD = "BANK_MARKETING_DASHBOARD", "BANK_MARKETING_PASSWORD"
# An uploaded file.
MOST_BYTES = 20_000_000
# How many are kept drawn.
CHARTS = 300
KEPT = {"Cache-Control": "private, max-age=86400"}
# An image brings its own colours.
IMAGE = {**KEPT, "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
TITLES = {404: "There is no such page", 413: "That is too large"}


class Kept(StaticFiles):
    """Files that browsers may keep, since their address says which version they are."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file."""
        answer = await super().get_response(path, scope)
        answer.headers["Cache-Control"] = KEPT["Cache-Control"]
        return answer


def create_app(
    shelf: Shelf, *, doors: Doors | None = None, log: Log | None = None, logger: Any = None
) -> FastAPI:
    """Return the application.

    Parameters
    ----------
    shelf : Shelf
        What is published, taken up anew when it changes.
    doors : Doors, optional
        Who may look; by default everybody on this machine.
    log : Log, optional
        Of the service's decisions; by default there is none.
    logger : structlog logger, optional
        Where a line for each request goes; by default nowhere.

    Returns
    -------
    fastapi.FastAPI
    """
    log = log or Log()
    pages = {page.name: page for page in (*PAGES, decisions.page(log.find))}

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        warm_up()
        yield
        log.close()

    app = FastAPI(
        title="bank_marketing dashboard", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan
    )
    app.state.shelf, app.state.drawn = shelf, WeakKeyDictionary[Opened, Recent]()
    app.state.pages = pages
    for page in pages.values():
        app.add_api_route(page.path, _route(page), methods=["GET"], response_class=HTMLResponse)
    app.add_api_route("/charts/{page}/{name}.svg", _chart, methods=["GET"])
    app.add_api_route(new_data.PAGE.path, _sent, methods=["POST"], response_class=HTMLResponse)
    app.add_api_route("/data/{page}/{name}.csv", _data, methods=["GET"])
    app.mount("/static", Kept(directory=FOLDER / "static"))
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _not_found)
    app.add_exception_handler(UserError, _unserved)
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    app.add_middleware(Guard, access=Access(most_bytes=MOST_BYTES, too_large=_too_large))
    app.add_middleware(Door, doors=doors or Doors())
    app.add_middleware(Watch, counts=Counts(), logger=logger, failed=_failed)
    return app


def from_environment() -> FastAPI:
    """Return the application that `bank-marketing dashboard` has described in the environment."""
    stated = json.loads(os.environ[ENVIRONMENT])
    key_file = Path(stated["password_file"]) if stated["password_file"] else None
    doors = Doors(
        stated_key(key_file, os.environ.get(PASSWORD, "")),
        stated["proxy_header"],
        tuple(stated["proxies"]),
        stated["is_local"],
    )
    shelf = Shelf(Path(stated["warehouse"]), lambda: utc_now().date())
    return create_app(shelf, doors=doors, log=Log(stated["database"]), logger=make_logger())


def _opened(request: Request) -> Opened:
    found: Opened = request.app.state.shelf.current()
    return found


def asked_of(request: Request) -> Asked:
    """Return what the query string asks for, and what the address names."""
    return Asked(
        {**request.query_params, **{name: str(value) for name, value in request.path_params.items()}}
    )


def _route(page: Page) -> Any:
    def show(request: Request) -> HTMLResponse:
        return HTMLResponse(rendered(page, PAGES, _opened(request), asked_of(request), sent=None))

    return show


def _sent(
    request: Request,
    kind: Annotated[str, Form()] = "",
    answer: Annotated[str, Form()] = "page",
    keep: Annotated[str, Form()] = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    opened, asked = _opened(request), Asked({"kind": kind})
    content, called = (file.file, file.filename or "") if file else (None, "")
    kind = new_data.chosen(opened, asked)
    found = new_data.scored(opened, kind, content, called=called, is_kept=keep == "yes")
    if answer == "csv" and found["scores"]:
        return _download(found["scores"])
    return HTMLResponse(rendered(new_data.PAGE, PAGES, opened, asked, sent=found))


def _part(page: str, name: str, request: Request) -> tuple[Opened, Any]:
    pages: dict[str, Page] = request.app.state.pages
    if page not in pages or name not in pages[page].parts:
        raise HTTPException(404)
    opened = _opened(request)
    found = part(pages[page], name, opened, asked_of(request))
    if isinstance(found, Lacking):
        raise UserError(found.message)
    return opened, found


def _chart(page: str, name: str, request: Request) -> Response:
    opened, figure = _part(page, name, request)
    size = asked_of(request).choice("size", list(WIDTHS), "wide")
    if not isinstance(figure, Figure) or not figure.rows:
        raise HTTPException(404)
    drawn: Recent = request.app.state.drawn.setdefault(opened, Recent(CHARTS))
    key = (page, name, size, str(request.query_params))
    return Response(drawn.get(key, lambda: draw(figure, size)), media_type="image/svg+xml", headers=IMAGE)


def _data(page: str, name: str, request: Request) -> Response:
    _, found = _part(page, name, request)
    table = found.table if isinstance(found, Figure) else found
    if not isinstance(table, Table):
        raise HTTPException(404)
    return _download(table)


def _download(table: Table) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{table.name}.csv"'}
    return Response(table.csv(), media_type="text/csv; charset=utf-8", headers=headers)


def _problem(status: int, title: str, message: str) -> HTMLResponse:
    return HTMLResponse(problem_page(PAGES, title, message), status)


def _too_large(said: str) -> HTMLResponse:
    more = "Send the file in parts, or score it by bank-marketing score."
    return _problem(413, TITLES[413], f"{said} {more}")


def _http(_request: Request, error: Any) -> HTMLResponse:
    if error.status_code == 413:
        return _too_large(error.detail)
    title = TITLES.get(error.status_code, "That can't be answered")
    answer = _problem(
        error.status_code, title, "Choose a page above." if error.status_code == 404 else error.detail
    )
    answer.headers.update(error.headers or {})
    return answer


def _not_found(_request: Request, _error: Any) -> HTMLResponse:
    return _problem(404, TITLES[404], "Choose a page above.")


def _unserved(_request: Request, error: Exception) -> HTMLResponse:
    return _problem(503, "Nothing can be shown now", without_folders(error))


def _failed(said: str) -> HTMLResponse:
    return _problem(500, "Something went wrong here", f"{said} Try another page.")
