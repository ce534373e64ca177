"""A found table opened as rows of text in DuckDB, whatever its delimiter, encoding or workbook."""

from __future__ import annotations

import csv
import glob
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from bank_marketing.errors import UserError
from bank_marketing.importing.opening import Table, code_list
from bank_marketing.importing.reading import FileBytes, read_bytes, write_plain
from bank_marketing.importing.workbooks import sheet_rows
from bank_marketing.seeds.formats import ColumnFormat
from bank_marketing.seeds.line_counts import count_blank_lines
from bank_marketing.sql_text import sql_text

ENCODINGS = {"cp1252": "Windows-1252"}
MOST_GROUPS = 100_000
# DuckDB holds a note in memory for each value that a line lacks: this is what they may fill. A quotation mark
# that doesn't close makes a bad line of each line after it.
MEMORY_FOR_REJECTS = 500_000_000
BYTES_OF_A_REJECT = 600
# The rows of a smaller file are held in memory.
LARGEST_IN_MEMORY = 50_000_000
# What DuckDB calls the commonest faults of a line.
TOO_FEW, TOO_MANY, UNCLOSED = "MISSING COLUMNS", "TOO MANY COLUMNS", "UNQUOTED VALUE"
# A day without its time: what stands before a blank or a T, a serial number without its fraction.
_DAY = r"^\s*([0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}|[0-9]{8}|[0-9]{5})(?:[ T.]|$)"


@dataclass(frozen=True)
class Group:
    """Values of a column that are written alike: the first of them, its line, and how many there are."""

    example: str
    line: int
    count: int

    def __str__(self) -> str:
        """Return the example and its line."""
        return f"{self.example!r} (line {self.line})"


@dataclass
class PlainFile:
    """The CSV file in UTF-8 that DuckDB reads: the found one, or what was made of it."""

    path: Path
    table: Table
    is_found: bool
    file_bytes: FileBytes
    notes: list[str] = field(default_factory=list)


def plain_file(table: Table, plain: Path, columns: Sequence[ColumnFormat | None]) -> PlainFile:
    """Make CSV in UTF-8 of what is none."""
    candidate, label = table.candidate, table.candidate.label
    notes = [f"sheet {table.sheet!r}"] if table.sheet else []
    notes += [f"values parted by {table.delimiter!r}"] if table.delimiter != "," else []
    line = "line" if candidate.kind == "csv" else "row"
    notes += [f"the header is on {line} {table.rows_above + 1}"] if table.rows_above else []
    if candidate.kind != "csv":
        with plain.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(_rows(table, columns))
        made = Table(candidate, table.header, has_header=table.has_header)
        return PlainFile(plain, made, False, read_bytes(plain, label), notes)
    found = read_bytes(candidate.path, label, table.encoding)
    if found.bad_letters:
        notes.append(f"letters that are no UTF-8: {found.bad_letters:,}, the first in {found.example}")
    if found.is_plain:
        return PlainFile(candidate.path, table, True, found, notes)
    if found.encoding != "utf-8":
        name = ENCODINGS.get(found.encoding, found.encoding.upper())
        notes.append(f"read as {name}" + (f": {found.example}" if found.example else ""))
    notes += ["line ends made alike"] if not found.has_one_line_end and found.lines else []
    write_plain(candidate.path, plain, found.encoding, label)
    return PlainFile(plain, table, False, read_bytes(plain, label), notes)


def _rows(table: Table, columns: Sequence[ColumnFormat | None]) -> Iterator[Sequence[str]]:
    """Yield header and rows of what is no CSV file."""
    if table.sheet is None:
        yield table.header
        yield from code_list(table.candidate) or []
        return
    try:
        yield from sheet_rows(table.candidate.path, table.sheet, table.rows_above, columns)
    except UserError as error:
        raise UserError(f"{table.candidate.label}: {error}") from error


class TextTable:
    """All rows of a file as text, for questions about its columns c0, c1, ..., in bounded memory.

    `bad_lines` have too few or too many values, unclosed quotes or no UTF-8, and are in `rejects`.
    `swallowed_lines` are lines that a stray quotation mark makes part of a bad one. `looks` into the
    query `asked` are taken while the rows are counted, see `first_look`.
    """

    def __init__(
        self,
        plain: PlainFile,
        scratch: Path,
        *,
        skips_empty: bool = False,
        looks: Sequence[str] = (),
        asked: str = "rows",
    ) -> None:
        table, lines = plain.table, plain.file_bytes.lines
        self.plain, self.label, self.path = plain, table.candidate.label, plain.path
        self.width, self.delimiter = len(table.header), table.delimiter
        self._texts = [f"c{n}" for n in range(self.width)]
        self.rows_before = table.rows_above + table.has_header
        self.first_line = self.rows_before + 1  # of the first row, records counted
        self.is_large = plain.path.stat().st_size > LARGEST_IN_MEMORY
        self.numbered = ""  # where each row has its number as rowid, from 0
        self.connection = duckdb.connect(
            config={"memory_limit": "1GB", "temp_directory": str(scratch / "spill")}
        )
        # What is joined to the rows is never taken for the larger side, so their order stays.
        self.connection.execute("set disabled_optimizers = 'join_order,build_side_probe_side'")
        self._skips_empty, self._looks, self._asked = skips_empty, looks, asked
        self.counted: list[int] = []
        self.rejects: list[tuple[int, str, str]] = []
        self.rows = self.bad_lines = self._breaks_in_rejects = self.swallowed_lines = (
            self.first_swallowing
        ) = 0
        try:
            self._load("ignore_errors = true", holds=not looks)
            if plain.file_bytes.bad_letters or lines != self.rows + self.rows_before:
                self._refuse_many_bad_lines(lines, plain.file_bytes.bad_letters)
                self._find_bad_lines()
            elif any(self.counted[:-1]):  # what is odd will be asked about; the last is no value
                self._read("ignore_errors = true", holds=True)
            is_whole = skips_empty or lines == self.rows + self.bad_lines + self.rows_before
            if not is_whole and (lost := self._lost_lines(lines)) > 0:
                raise UserError(
                    f"{self.label}: {lost:,} of {lines:,} lines would be lost: a quotation mark opens and"
                    " doesn't close. Close it, or download the file again."
                )
        except duckdb.Error as error:
            self.close()
            reason = str(error).splitlines()[0]
            raise UserError(f"{self.label}: no readable CSV file ({reason}). Download it again.") from error
        except UserError:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()

    def _load(self, errors: str, *, holds: bool = True) -> None:
        """Read all rows and count them."""
        self._read(errors, holds=holds)
        counts = ["count(*)", *self._looks]
        # DuckDB looks at the letters of a column only if it is asked for.
        seen = set(re.findall(r"\bc[0-9]+\b", " ".join(self._looks)))
        counts += [f"count({text})" for text in self._texts if text not in seen]
        self.rows, *counted = self.connection.execute(
            f"select {', '.join(counts)} from {self._asked}"
        ).fetchall()[0]
        self.counted = counted[: len(self._looks)]

    def _read(self, errors: str, *, holds: bool) -> None:
        """Hold all rows, or read them for each question: cheaper for a large file or one in order."""
        table = self.plain.table
        names = ", ".join(f"'{text}': 'varchar'" for text in self._texts)
        empty = " and ".join(f"coalesce(trim({text}), '') = ''" for text in self._texts)
        query = (
            f"select * from read_csv({sql_text(glob.escape(str(self.path)))}, columns = {{{names}}},"
            f" header = {table.has_header}, auto_detect = false, delim = {sql_text(self.delimiter)},"
            f" skip = {table.rows_above}, quote = '\"', escape = '\"', {errors})"
            + (f" where not ({empty})" if self._skips_empty else "")
        )
        if holds and not self.is_large:
            self.connection.execute(f"create or replace table held as {query}")
            query, self.numbered = "select * from held", "held"
        else:
            self.numbered = "(select row_number() over () - 1 as rowid, * from rows)"
        self.connection.execute(f"create or replace view rows as {query}")

    def _lost_lines(self, lines: int) -> int:
        """Count the lines that are neither header, row nor bad line: an open quotation mark swallows them."""
        breaks = (f"length(c{n}) - length(replace(c{n}, chr(10), ''))" for n in range(self.width))
        within = int(self.ask(" + ".join(f"coalesce(sum({found}), 0)" for found in breaks))[0][0])
        blank = count_blank_lines(self.path, self.rows_before)
        return (
            lines - blank - self.rows_before - self.rows - self.bad_lines - within - self._breaks_in_rejects
        )

    def _refuse_many_bad_lines(self, lines: int, bad_letters: int) -> None:
        per_line = self.width * (BYTES_OF_A_REJECT + self.path.stat().st_size / max(lines, 1))
        if bad_letters * per_line > MEMORY_FOR_REJECTS:
            raise UserError(f"{self.label}: {bad_letters:,} letters are no UTF-8. Save the file as UTF-8.")
        # Lines within values and blank lines are no bad ones, but take another reading to be counted.
        is_much = (lines - self.rows) * per_line > MEMORY_FOR_REJECTS
        if is_much and (bad := self._lost_lines(lines)) * per_line > MEMORY_FOR_REJECTS:
            raise UserError(
                f"{self.label}: {bad:,} of {lines:,} lines don't have {self.width} values, or a quotation"
                " mark opens and doesn't close. Close it, or download the file again."
            )

    def _find_bad_lines(self) -> None:
        self._load("store_rejects = true, rejects_table = 'rejected'")
        found = self.connection.execute(
            "select line, any_value(csv_line), min(cast(error_type as varchar)) from rejected"
            " group by line order by line"
        ).fetchall()
        self.rejects = [(line, text.strip("\r\n"), error) for line, text, error in found]
        self.bad_lines = len(self.rejects)
        if self.rejects:
            self._refuse_damage()
        self._breaks_in_rejects = sum(text.count("\n") for _, text, _ in self.rejects)
        swallowing = {line: text.count("\n") for line, text, error in self.rejects if error == UNCLOSED}
        self.swallowed_lines = sum(swallowing.values())
        self.first_swallowing = next((line for line, breaks in swallowing.items() if breaks), 0)
        if self.is_large or self.swallowed_lines:
            # After a bad line of several lines, reading in parallel leaves rows out without a word.
            self._load("ignore_errors = true, parallel = false")

    def values_in(self, line: str) -> list[str]:
        """Take a line that can't be read apart."""
        with suppress(csv.Error):
            return next(csv.reader([line], delimiter=self.delimiter), [])
        return []

    def _refuse_damage(self) -> None:
        """Refuse a file whose rows don't fit its header, or that ends within one; single lines may be bad."""
        (line, text, error), rows = self.rejects[0], self.rows + self.bad_lines
        if self.bad_lines > self.rows and error in (TOO_FEW, TOO_MANY):
            raise UserError(
                f"{self.label}: {self.bad_lines:,} of {rows:,} rows don't have the {self.width} values that"
                f" the header has names for (line {line}: found {len(self.values_in(text))} values:"
                f" {text.strip()[:100]!r}). Make header and rows equally long, or download the file again."
            )
        line, text, error = self.rejects[-1]
        # The header is a line, too.
        if line <= rows + self.plain.table.rows_above:
            return
        with self.path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            is_whole = file.read(1) in (b"\n", b"\r")
        what = ""
        if error == UNCLOSED and ("\n" in text or is_whole):
            what = "a quotation mark opens in this line and doesn't close until the end of the file"
            advice = "Close it, or write it twice if it belongs to the text."
        elif not is_whole:
            what, advice = (
                "the last line is cut off, or a quotation mark doesn't close",
                "Download the file again.",
            )
        if what:
            shown = f"found {text.strip()[:100]!r}, expected {self.width} values"
            raise UserError(f"{self.label}, line {line}: {what} ({shown}). {advice}")

    def __enter__(self) -> TextTable:
        """Return the table."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the file."""
        self.close()

    def ask(self, selected: str, rest: str = "", *, numbered: bool = False) -> list[tuple]:
        """Select from the rows; `numbered` where `rowid` is asked for."""
        rows = self.numbered if numbered else "rows"
        return self.connection.execute(f"select {selected} from {rows} {rest}").fetchall()

    def groups(self, column: int, *, by_value: bool = False) -> list[Group]:
        """Group a column's values by how they are written (digits are alike), by line; `by_value`: all."""
        text = f"c{column}"
        key = text if by_value else f"regexp_replace({text}, '[0-9]', '9', 'g')"
        found = self.ask(
            f"arg_min({text}, rowid), min(rowid) + {self.first_line}, count(*)",
            f"where {text} is not null group by {key} order by 2 limit {MOST_GROUPS}",
            numbered=True,
        )
        return [Group(*row) for row in found]

    def days(self, column: int, *, is_timestamp: bool) -> list[tuple[int, str]]:
        """List a column's distinct dates without times of day, each with its first line."""
        text = f"c{column}"
        day = f"coalesce(nullif(regexp_extract({text}, '{_DAY}', 1), ''), {text})"
        if is_timestamp:  # most values have the canonical form, whose first ten characters are the day
            day = f"case when length({text}) = 19 then left({text}, 10) else {day} end"
        return self.first_lines(day, f"{text} is not null")

    def first_lines(self, value: str, condition: str) -> list[tuple]:
        """List the different values of an expression, each with its first line."""
        rest = f"where {condition} group by {value} order by 1 limit {MOST_GROUPS}"
        return self.ask(f"min(rowid) + {self.first_line}, {value}", rest, numbered=True)

    def count_where(self, *conditions: str) -> list[int]:
        """Count the rows for which conditions over the columns hold."""
        return list(self.ask(", ".join(f"count(*) filter ({c})" for c in conditions))[0])
