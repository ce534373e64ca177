"""Templates, and what all of them may use."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from bank_marketing.serving.opened import Opened
from bank_marketing.web import words
from bank_marketing.web.asked import Asked
from bank_marketing.web.cards import Card
from bank_marketing.web.evidence import KINDS, evidence
from bank_marketing.web.figures import WIDTHS, Figure
from bank_marketing.web.page import Lacking, Page, lacking, said_once
from bank_marketing.web.tables import Table

FOLDER = Path(__file__).parent
KINDS_OF_PARTS = {Figure: "figure", Table: "table", Card: "card", Lacking: "lacking"}


@cache
def environment() -> jinja2.Environment:
    """Return the environment of the templates."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "number": words.number,
        "short": words.short,
        "money": words.money,
        "percent": words.percent,
        "day": words.day,
        "words": words.text,
        "counted": words.counted,
        "capital": words.capital,
        "unbroken": words.unbroken,
    }
    made.globals |= {
        "between": words.between,
        "evidence": evidence,
        "kinds_of_evidence": list(KINDS.values()),
        "kind_of": lambda value: KINDS_OF_PARTS.get(type(value), ""),
        "static_version": static_version(),
        "widths": WIDTHS,
    }
    return made


@cache
def static_version() -> str:
    """Return what differs once a static file differs, so that browsers may keep them."""
    files = sorted((FOLDER / "static").iterdir())
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def rendered(page: Page, pages: Sequence[Page], opened: Opened, asked: Asked, **more: Any) -> str:
    """Return a page as HTML.

    Parameters
    ----------
    page : Page
        The page.
    pages : sequence of Page
        Those in the navigation.
    opened : Opened
        The publication.
    asked : Asked
        The query string.
    **more : any
        What the template takes besides.

    Returns
    -------
    str
    """
    at = published_at(opened)
    return (
        environment()
        .get_template(f"{page.name}.html")
        .render(
            page=page,
            pages=pages,
            publication=opened.number,
            published_at=at,
            version=version(opened.number, at),
            asked=asked,
            inline=False,
            part=said_once(page, opened, asked),
            lacking=lacking(page, opened),
            lacks=opened.lacks,
            **more,
        )
    )


def published_at(opened: Opened) -> str:
    """Return when the publication was made."""
    rows = opened.rows("select max(published_at) as at from warehouse.operations.publications")
    return str(rows[0]["at"] or "")


def version(publication: int, at: str) -> str:
    """Return what differs between publications and between releases, so that browsers may keep charts."""
    return hashlib.sha256(f"{publication} {at} {static_version()}".encode()).hexdigest()[:12]


def problem_page(pages: Sequence[Page], title: str, message: str) -> str:
    """Return a page that says what is wrong and what to do."""
    return (
        environment()
        .get_template("problem.html")
        .render(
            inline=False,
            pages=pages,
            page=None,
            title=title,
            message=message,
            publication=None,
            published_at="",
        )
    )
