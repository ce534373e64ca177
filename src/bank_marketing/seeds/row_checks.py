"""Rows that the build will reject: a file is asked by the loader's own checks before it is imported."""

from __future__ import annotations

import csv
import glob
from dataclasses import dataclass
from pathlib import Path

import duckdb

from bank_marketing.seeds.formats import SeedFormat
from bank_marketing.seeds.row_sql import reason_sql, typed_sql

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
    """Count the rows of a canonical file that the build will reject, by reason, outside Python's memory.

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
    names = [column.name for column in columns]
    reason, typed = reason_sql(seed_format, names), typed_sql(seed_format, names)
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


def _column_of(reason: str, headers: list[str]) -> int:
    return next(n for n, header in enumerate(headers) if reason.startswith(f"{header.strip()}: "))
