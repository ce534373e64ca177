"""What a page is: questions, how to read it, and parts that are computed when the template asks for them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bank_marketing.errors import UserError, without_folders
from bank_marketing.serving.domains import is_lacking
from bank_marketing.serving.opened import Opened
from bank_marketing.serving.populations import POPULATIONS
from bank_marketing.web.asked import Asked

Part = Callable[[Opened, Asked], Any]


@dataclass(frozen=True)
class Page:
    """A page.

    Parameters
    ----------
    name : str
        Of its template, and of its parts in addresses.
    path : str
        Its address.
    title : str
        In the navigation.
    questions : tuple of str
        What it answers.
    reading : str
        How to read it.
    parts : mapping of str to callable
        Figures, tables, cards and whatever else the template shows, each a pure function of the publication
        and the query string. Figures are drawn at ``/charts/NAME/PART.svg``, data are at
        ``/data/NAME/PART.csv``.
    domain : str
        Without which the page has nothing to show; empty for none.
    """

    name: str
    path: str
    title: str
    questions: tuple[str, ...]
    reading: str
    parts: Mapping[str, Part]
    domain: str = ""


@dataclass(frozen=True)
class Lacking:
    """A part that can't be shown, and why.

    Parameters
    ----------
    name : str
        Of the part.
    message : str
        For people.
    """

    name: str
    message: str


def part(page: Page, name: str, opened: Opened, asked: Asked) -> Any:
    """Compute a part of a page; what isn't published is said in its place."""
    try:
        return page.parts[name](opened, asked)
    except UserError as error:
        # Without what DuckDB says of it.
        return Lacking(name, without_folders(re.sub(r" \((Catalog|Binder) Error[^)]*\)", "", str(error))))


def lacking(page: Page, opened: Opened) -> str:
    """Say that a page has nothing to show, since the file lacks its domain; empty where it has."""
    return is_lacking(page.domain) if page.domain and opened.lacks(page.domain) else ""


def said_once(page: Page, opened: Opened, asked: Asked) -> Callable[[str], Any]:
    """Return how a template asks for parts: what several lack for one reason is said by the first."""
    seen: set[str] = set()

    def once(name: str) -> Any:
        found = part(page, name, opened, asked)
        if isinstance(found, Lacking):
            if found.message in seen:
                return Lacking(name, "")
            seen.add(found.message)
        return found

    return once


def first_held(opened: Opened, populations: Iterable[str]) -> str:
    """Return the first of some populations that the file holds; where it holds none, the first."""
    names = list(populations)
    return next((name for name in names if not opened.lacks(POPULATIONS[name].domain)), names[0])
