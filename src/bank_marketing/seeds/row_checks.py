"""Rows that the build will reject: a file is asked by the loader's own checks before import."""

from __future__ import annotations

import csv
import glob
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from bank_marketing.seeds.formats import ColumnFormat, SeedFormat
from bank_marketing.seeds.grammar import value_sql
from bank_marketing.seeds.row_sql import key_sql, reason_sql, typed_sql
from bank_marketing.sql_text import sql_text


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
    with _opened(path, seed_format, scratch, has_bad_lines=has_bad_lines) as (asked, columns, read):
        names = [column.name for column in columns]
        reason, typed = reason_sql(seed_format, names), typed_sql(seed_format, names)
        # Numbering rows takes a single thread, so only a file with bad ones is read again for where they are.
        is_sound = f"select 1 from (select {typed}* from {read}) where {reason} is not null limit 1"
        if not asked.execute(is_sound).fetchall():
            return []
        found = asked.execute(
            "select reason, count(*), min(row), arg_min(texts, row) from"
            f" (select *, {reason} as reason from (select {typed}*, row_number() over () + 1 as row,"
            f" [{', '.join(names)}] as texts from {read}))"
            " where reason is not null group by reason order by 2 desc, 3"
        ).fetchall()
    headers = [column.header for column in columns]
    return [BrokenRule(why, rows, row, texts[_column_of(why, headers)]) for why, rows, row, texts in found]


@dataclass(frozen=True)
class Repeats:
    """Rows with a key that an earlier row has.

    Attributes
    ----------
    count : int
        How many.
    headers : str
        The columns of the key.
    key : str
        The first key that comes again.
    lines : tuple of int
        Its first two rows; the header is row 1.
    """

    count: int
    headers: str
    key: str = ""
    lines: tuple[int, int] = (0, 0)

    @property
    def reason(self) -> str:
        """What the build says of each such row."""
        return f"{self.headers}: repeated key, the first row with it stays"

    @property
    def example(self) -> str:
        """The first two rows with the same key."""
        return f"{self.key} is on row {self.lines[0]} and again on row {self.lines[1]}"


def find_repeats(
    path: Path, seed_format: SeedFormat, scratch: Path, *, has_bad_lines: bool = False
) -> Repeats:
    """Count the rows of a canonical file whose key an earlier row has, outside Python's memory.

    Parameters
    ----------
    path, seed_format, scratch, has_bad_lines
        See `broken_rules`.

    Returns
    -------
    Repeats
        The build keeps the first row of each key and rejects these.
    """
    keys = [column for column in seed_format.columns if column.name in seed_format.unique_key]
    headers = ", ".join(column.header.strip() for column in keys)
    if not keys:
        return Repeats(0, headers)
    with _opened(path, seed_format, scratch, has_bad_lines=has_bad_lines) as (asked, columns, read):
        # An optional column that the file lacks is null in every row, and nulls of optional ones are alike.
        keys = [column for column in keys if column in columns]
        values = [f"{key_sql(c, value_sql(c, c.name))} as k{n}" for n, c in enumerate(keys)]
        names = ", ".join(f"k{n}" for n in range(len(keys)))
        table = f"(select row_number() over () + 1 as line, {', '.join(values)} from {read})"
        has_key = " and ".join(["true", *(f"k{n} is not null" for n, c in enumerate(keys) if c.is_required)])
        # Most files are in the order of their key, where no two rows have the same: seen without grouping.
        # What the grammar takes the cast takes too, so keys that grow by the cast differ.
        whole = keys[0].data_type in ("integer", "bigint") and not keys[0].text_format
        first = (
            f"try_cast({keys[0].name} as bigint)"
            if whole
            else key_sql(keys[0], value_sql(keys[0], keys[0].name))
        )
        falls = (
            f"select 1 from (select {first} as k0, lag({first}) over () as before from {read})"
            " where k0 is null or k0 <= before limit 1"
        )
        if not asked.execute(falls).fetchall():
            return Repeats(0, headers)
        grouped = (
            f"select count(*) - 1 as copies, {names}, min(line) as first, min(line, 2)[2] as second"
            f" from {table} where {has_key} group by {names} having count(*) > 1"
        )
        firsts = [f"arg_min(coalesce(cast(k{n} as varchar), 'none'), second)" for n in range(len(keys))]
        count, *key, first, second = asked.execute(
            f"select coalesce(sum(copies), 0), {', '.join(firsts)}, arg_min(first, second), min(second)"
            f" from ({grouped})"
        ).fetchall()[0]
    return (
        Repeats(int(count), headers, ", ".join(map(str, key)), (first, second))
        if count
        else Repeats(0, headers)
    )


@contextmanager
def _opened(
    path: Path, seed_format: SeedFormat, scratch: Path, *, has_bad_lines: bool
) -> Iterator[tuple[duckdb.DuckDBPyConnection, list[ColumnFormat], str]]:
    """Open a canonical file as text by the names of the raw table, in a gigabyte of memory."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        headers = next(csv.reader(file))
    by_header = {column.header: column for column in seed_format.columns}
    columns = [by_header[header] for header in headers]
    names = ", ".join(f"{sql_text(column.name)}: 'varchar'" for column in columns)
    read = (
        f"read_csv({sql_text(glob.escape(str(path)))}, columns = {{{names}}}, header = true,"
        " auto_detect = false, delim = ',', quote = '\"', escape = '\"', nullstr = '', ignore_errors = true"
        # After a bad line of several lines, reading in parallel leaves rows out without a word.
        f"{', parallel = false' if has_bad_lines else ''})"
    )
    with duckdb.connect(config={"memory_limit": "1GB", "temp_directory": str(scratch / "spill")}) as asked:
        yield asked, columns, read


def _column_of(reason: str, headers: list[str]) -> int:
    return next(n for n, header in enumerate(headers) if reason.startswith(f"{header.strip()}: "))
