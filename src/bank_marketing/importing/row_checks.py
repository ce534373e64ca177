"""Rows that the build will put aside: a file is asked by the loader's own checks before it is imported."""

from __future__ import annotations

import csv
import glob
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import jinja2

from bank_marketing.formats import ColumnFormat, SeedFormat
from bank_marketing.sql_text import sql_text

# The package is installed in place, so the project's macros stand beside it.
MACROS = Path(__file__).resolve().parents[3] / "macros"
META = {"is_required": "required", "text_format": "format", "minimum": "minimum", "maximum": "maximum"}
EXAMPLES = 3


@dataclass(frozen=True)
class BrokenRule:
    """What is declared of a column, and isn't so in some rows.

    Attributes
    ----------
    reason : str
        As the build says it: the column and what is wrong.
    rows : int
        In how many rows it is the first thing that is wrong.
    row : int
        The first of them; the header is row 1.
    value : str or None
        What stands there; None for nothing.
    """

    reason: str
    rows: int
    row: int
    value: str | None

    def __str__(self) -> str:
        """Return it for a person."""
        found = "nothing" if self.value is None else repr(self.value[:60])
        rows = f"{self.rows:,} row{'s' * (self.rows > 1)}"
        return f"{self.reason} in {rows} (the first: row {self.row}, found {found})"


def broken_rules(
    path: Path, seed_format: SeedFormat, scratch: Path, *, has_bad_lines: bool = False
) -> list[BrokenRule]:
    """Count the rows of a canonical file that the build will put aside, by reason, outside Python's memory.

    Parameters
    ----------
    path : Path
        The file; lines that can't be read are passed over.
    seed_format : SeedFormat
        What it is.
    scratch : Path
        Folder for what doesn't fit into a gigabyte of memory.
    has_bad_lines : bool
        Whether some lines can't be read.

    Returns
    -------
    list of BrokenRule
        The most frequent first.
    """
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        headers = next(csv.reader(file))
    by_header = {column.header: column for column in seed_format.columns}
    columns = [by_header[header] for header in headers]
    reason = _reason(seed_format, columns)
    typed = "".join(
        f"try_cast({c.name} as {c.data_type}) as typed_{c.name}, "
        for c in columns
        if c.data_type != "varchar"
    )
    read = (
        "read_csv($path, columns = $names, header = true, auto_detect = false, delim = ',', quote = '\"',"
        " escape = '\"', nullstr = '', ignore_errors = true"
        # After a bad line of several lines, reading in parallel leaves rows out without a word.
        f"{', parallel = false' if has_bad_lines else ''})"
    )
    parameters = {"path": glob.escape(str(path)), "names": {c.name: "varchar" for c in columns}}
    with duckdb.connect(config={"memory_limit": "1GB", "temp_directory": str(scratch / "spill")}) as asked:
        # Numbering rows takes a single thread, so only a file with bad ones is read again for where they are.
        is_sound = f"select 1 from (select {typed}* from {read}) where {reason} is not null limit 1"
        if not asked.execute(is_sound, parameters).fetchall():
            return []
        found = asked.execute(
            "select reason, count(*), min(row), arg_min(texts, row) from"
            f" (select *, {reason} as reason from (select {typed}*, row_number() over () + 1 as row,"
            f" [{', '.join(c.name for c in columns)}] as texts from {read}))"
            " where reason is not null group by reason order by 2 desc, 3",
            parameters,
        ).fetchall()
    return [BrokenRule(why, rows, row, texts[_column_of(why, headers)]) for why, rows, row, texts in found]


def _reason(seed_format: SeedFormat, columns: list[ColumnFormat]) -> str:
    """Return the SQL that names the first thing that is wrong with a row, null for a good one."""
    macros = [*sorted((MACROS / "parsing").glob("parse_*.sql"))]
    macros += [MACROS / "seeds" / f"{name}.sql" for name in ("seed_row_is_plain", "seed_row_checks")]
    parsers = ", ".join(f"'{path.stem}': {path.stem}" for path in macros if path.parent.name == "parsing")
    source = "".join(path.read_text(encoding="utf-8") for path in macros)
    call = (
        f"{{% set context = {{{parsers}}} %}}"
        "case when {{ seed_row_is_plain(seed, header) }} then null {{ seed_row_checks(seed, header) }} end"
    )
    environment = jinja2.Environment(extensions=["jinja2.ext.do"], undefined=jinja2.StrictUndefined)
    seed = {"columns": {column.name: _declared(column) for column in seed_format.columns}}
    template = environment.from_string(source + call)
    return template.render(seed=seed, header=[column.name for column in columns], dbt=_Dbt()).strip()


def _declared(column: ColumnFormat) -> dict[str, Any]:
    """Return a column as dbt shows it to macros."""
    meta = {name: value for field, name in META.items() if (value := getattr(column, field)) is not None}
    if column.allowed_values:
        meta["allowed_values"] = column.allowed_values
    return {"name": column.name, "data_type": column.data_type, "meta": {**meta, "header": column.header}}


class _Dbt:
    """What the macros ask of dbt."""

    @staticmethod
    def string_literal(text: str) -> str:
        return sql_text(text)


def _column_of(reason: str, headers: list[str]) -> int:
    return next(n for n, header in enumerate(headers) if reason.startswith(f"{header.strip()}: "))
