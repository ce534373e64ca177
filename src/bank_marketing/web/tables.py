"""Tables that can be sorted, filtered and paged by the query string, so that they work without JavaScript."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import quote

from bank_marketing.serving.spreadsheets import harmless_text
from bank_marketing.web.asked import Asked
from bank_marketing.web.words import between, capital, said, text

Row = Mapping[str, Any]
ROWS_A_PAGE = 20


@dataclass(frozen=True)
class Column:
    """A column as it is shown.

    Parameters
    ----------
    name : str
        In the rows.
    label : str
        For people; by default the name in words.
    kind : str
        As `words.said` wants it; evidence and judgement are shown as badges.
    currency : str or None
        Of money.
    low, high : str
        Columns with the interval, shown below the figure; empty for none.
    is_filter : bool
        Whether the table may be filtered by its values.
    link : str
        Where a cell leads, with columns in braces; empty for nowhere.
    """

    name: str
    label: str = ""
    kind: str = "text"
    currency: str | None = "USD"
    low: str = ""
    high: str = ""
    is_filter: bool = False
    link: str = ""

    @property
    def heading(self) -> str:
        """What stands above it."""
        return self.label or capital(text(self.name))

    @property
    def is_number(self) -> bool:
        """Whether it stands to the right."""
        return self.kind in ("number", "metric", "money", "percent")

    def said(self, row: Row) -> str:
        """Return a cell for people."""
        return said(row.get(self.name), self.kind, self.currency)

    def address(self, row: Row) -> str:
        """Return where a cell leads."""
        return self.link.format_map({name: quote(str(value), safe="") for name, value in row.items()})

    def interval(self, row: Row) -> str:
        """Return the interval of a cell; empty for none."""
        return between(row.get(self.low), row.get(self.high), self.kind, self.currency)


def estimate(name: str, label: str = "", kind: str = "number", currency: str | None = "USD") -> Column:
    """Return a column with its interval, which columns with _low and _high behind its name hold."""
    return Column(name, label, kind, currency, low=f"{name}_low", high=f"{name}_high")


@dataclass(frozen=True)
class Table:
    """Rows of a table of the published file, and the part of them that was asked for.

    Parameters
    ----------
    name : str
        Of the part of the page; its words in the query string begin with it.
    title : str
        What it holds.
    rows : sequence of mapping
        All of them, in the order in which they are shown unless another one is asked for.
    columns : sequence of Column
        What is shown.
    source : str
        The table of the published file.
    asked : Asked
        The query string.
    note : str
        A sentence below the title.
    more : str
        What else there is to know, shown when asked for.
    empty : str
        What is said if there is no row.
    rows_a_page : int
        How many are shown at once.
    """

    name: str
    title: str
    rows: Sequence[Row]
    columns: Sequence[Column]
    source: str
    asked: Asked = field(default_factory=Asked)
    note: str = ""
    more: str = ""
    empty: str = "Nothing here."
    rows_a_page: int = ROWS_A_PAGE

    @cached_property
    def filters(self) -> dict[Column, list[str]]:
        """Columns to filter by, with their values."""
        return {
            column: sorted({str(row[column.name]) for row in self.rows if row.get(column.name) is not None})
            for column in self.columns
            if column.is_filter
        }

    def filtered_by(self, column: Column) -> str:
        """Return the value that was asked for; empty for all."""
        return self.asked.text(f"{self.name}.{column.name}")

    @property
    def searched(self) -> str:
        """The text that was asked for."""
        return self.asked.text(f"{self.name}.find")

    @property
    def sorted_by(self) -> str:
        """The column that was asked for, with a minus for downwards; empty for the table's own order."""
        ways = [way + column.name for column in self.columns for way in ("", "-")]
        return self.asked.choice(f"{self.name}.sort", ways)

    @cached_property
    def found(self) -> list[Row]:
        """The rows that were asked for, sorted."""
        rows = [row for row in self.rows if all(self._has(row, column) for column in self.filters)]
        if wanted := self.searched.casefold():
            rows = [
                row for row in rows if any(wanted in column.said(row).casefold() for column in self.columns)
            ]
        name = self.sorted_by.removeprefix("-")
        if not name:
            return rows
        known = [row for row in rows if row.get(name) is not None]
        known.sort(key=lambda row: row[name], reverse=self.sorted_by.startswith("-"))
        return known + [row for row in rows if row.get(name) is None]

    def _has(self, row: Row, column: Column) -> bool:
        wanted = self.filtered_by(column)
        return not wanted or str(row.get(column.name)) == wanted

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-len(self.found) // self.rows_a_page))

    @property
    def page(self) -> int:
        """The page that was asked for, from 1."""
        return self.asked.whole(f"{self.name}.page", 1, least=1, most=self.pages)

    @property
    def shown(self) -> list[Row]:
        """The rows of that page."""
        first = (self.page - 1) * self.rows_a_page
        return self.found[first : first + self.rows_a_page]

    def to_page(self, page: int) -> str:
        """Return the query string of a page."""
        return self.asked.link(**{f"{self.name}.page": page})

    def to_sort(self, column: Column) -> str:
        """Return the query string that sorts by a column: downwards first where it holds numbers."""
        first, second = ("-", "") if column.is_number else ("", "-")
        way = second if self.sorted_by == first + column.name else first
        return self.asked.link(**{f"{self.name}.sort": way + column.name, f"{self.name}.page": None})

    @property
    def others(self) -> dict[str, str]:
        """What the query string says of other things, for the form of this table to keep."""
        return {
            name: value for name, value in self.asked.values.items() if not name.startswith(f"{self.name}.")
        }

    def csv(self) -> str:
        """Return what was asked for as CSV, every column of the published table, values as they are there."""
        return as_csv(self.found)


def as_csv(rows: Sequence[Row]) -> str:
    """Return rows as CSV, texts as an export writes them: a spreadsheet takes none for a formula."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    if rows:
        writer.writerow(rows[0])
        writer.writerows(
            [harmless_text(value) if isinstance(value, str) else value for value in row.values()]
            for row in rows
        )
    return file.getvalue()
