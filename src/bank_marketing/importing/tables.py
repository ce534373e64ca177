"""A found file opened as one table of text in DuckDB, whatever its delimiter, encoding or workbook."""

from __future__ import annotations

import csv
import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from bank_marketing.errors import UserError
from bank_marketing.importing.finding import Candidate
from bank_marketing.importing.reading import FileBytes, read_bytes, write_plain
from bank_marketing.importing.recognising import Table, code_list
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


@dataclass(frozen=True)
class FirstLook:
    """What is counted while the rows are: conditions over the columns of a query of `rows`."""

    conditions: tuple[str, ...] = ()
    query: str = "rows"


@dataclass
class PlainFile:
    """The CSV file in UTF-8 that DuckDB reads: the found one, or what was made of it."""

    path: Path
    table: Table
    is_found: bool
    file_bytes: FileBytes
    notes: list[str] = field(default_factory=list)


def plain_file(
    candidate: Candidate, table: Table, plain: Path, columns: Sequence[ColumnFormat | None]
) -> PlainFile:
    """Make CSV in UTF-8 of what is none."""
    if candidate.kind == "csv":
        return _plain_text(candidate, table, plain)
    notes = [f"sheet {table.sheet!r}"] if table.sheet else []
    notes += [f"the header is on row {table.rows_above + 1}"] if table.rows_above else []
    with plain.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(_rows(candidate, table, columns))
    made = Table(table.header, has_header=table.has_header)
    return PlainFile(plain, made, False, read_bytes(plain, candidate.label), notes)


def _plain_text(candidate: Candidate, table: Table, plain: Path) -> PlainFile:
    file_bytes = read_bytes(candidate.path, candidate.label, table.encoding)
    notes = [f"values parted by {table.delimiter!r}"] if table.delimiter != "," else []
    notes += [f"the header is on line {table.rows_above + 1}"] if table.rows_above else []
    if file_bytes.bad_letters:
        notes.append(
            f"letters that are no UTF-8: {file_bytes.bad_letters:,}, the first in {file_bytes.example}"
        )
    if file_bytes.is_plain:
        return PlainFile(candidate.path, table, True, file_bytes, notes)
    if file_bytes.encoding != "utf-8":
        name = ENCODINGS.get(file_bytes.encoding, file_bytes.encoding.upper())
        notes.append(f"read as {name}" + (f": {file_bytes.example}" if file_bytes.example else ""))
    if not file_bytes.has_one_line_end and file_bytes.lines:
        notes.append("line ends made alike")
    write_plain(candidate.path, plain, file_bytes.encoding, candidate.label)
    return PlainFile(plain, table, False, read_bytes(plain, candidate.label), notes)


def _rows(
    candidate: Candidate, table: Table, columns: Sequence[ColumnFormat | None]
) -> Iterator[Sequence[str]]:
    """Yield header and rows of what is no CSV file."""
    if table.sheet is None:
        yield table.header
        yield from code_list(candidate) or []
        return
    try:
        yield from sheet_rows(candidate.path, table.sheet, table.rows_above, columns)
    except UserError as error:
        raise UserError(f"{candidate.label}: {error}") from error


class TextTable:
    """All rows of a file as text, for questions about its columns c0, c1, ..., in bounded memory.

    `rows` can be read; `bad_lines` have too few or too many values, unclosed quotes or no UTF-8, and are in
    `rejects`. `swallowed_lines` are lines that a stray quotation mark makes part of a bad one.
    """

    def __init__(
        self,
        plain: PlainFile,
        label: str,
        scratch: Path,
        *,
        skips_empty: bool = False,
        first_look: FirstLook | None = None,
    ) -> None:
        table, file_bytes = plain.table, plain.file_bytes
        self.label, self.width, self.path = label, len(table.header), plain.path
        self.rows_above, self.delimiter = table.rows_above, table.delimiter
        self.headers = int(table.has_header)
        self.is_large = plain.path.stat().st_size > LARGEST_IN_MEMORY
        self.numbered = "rows"  # where each row has its number as rowid, from 0
        self.connection = duckdb.connect(
            config={"memory_limit": "1GB", "temp_directory": str(scratch / "spill")}
        )
        # What is joined to the rows is never taken for the larger side, so their order stays.
        self.connection.execute("set disabled_optimizers = 'join_order,build_side_probe_side'")
        self._skips_empty, self._first_look = skips_empty, first_look or FirstLook()
        self.counted: list[int] = []
        self.rejects: list[tuple[int, str, str]] = []
        self.bad_lines = self._rejected_breaks = self.swallowed_lines = self.first_swallowing = 0
        self.rows = 0
        try:
            self._load("ignore_errors = true")
            if file_bytes.bad_letters or file_bytes.lines != self.rows + self._before:
                self._refuse_many_bad_lines(file_bytes.lines, file_bytes.bad_letters)
                self._find_bad_lines()
            self._refuse_lost_lines(file_bytes.lines)
        except duckdb.Error as error:
            self.connection.close()
            reason = str(error).splitlines()[0]
            raise UserError(f"{label}: no readable CSV file ({reason}). Download it again.") from error
        except UserError:
            self.connection.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()

    @property
    def _before(self) -> int:
        return self.rows_above + self.headers

    def _load(self, errors: str) -> None:
        """Read all rows; a large file is read anew for each question, which costs less than to hold it."""
        texts = [f"c{n}" for n in range(self.width)]
        names = ", ".join(f"'{text}': 'varchar'" for text in texts)
        empty = " and ".join(f"coalesce(trim({text}), '') = ''" for text in texts)
        query = (
            f"select * from read_csv({sql_text(glob.escape(str(self.path)))}, columns = {{{names}}},"
            f" header = {bool(self.headers)}, auto_detect = false, delim = {sql_text(self.delimiter)},"
            f" skip = {self.rows_above}, quote = '\"', escape = '\"', {errors})"
        ) + (f" where not ({empty})" if self._skips_empty else "")
        self.connection.execute(f"create or replace {'view' if self.is_large else 'table'} rows as {query}")
        if self.is_large:
            self.numbered = "(select row_number() over () - 1 as rowid, * from rows)"
        # DuckDB looks at the letters of a column only if it is asked for.
        counts = [f"count({text})" for text in texts] if self.is_large else []
        counts += [f"count(*) filter ({condition})" for condition in self._first_look.conditions]
        found = self.connection.execute(
            f"select {', '.join(['count(*)', *counts])} from {self._first_look.query}"
        ).fetchall()[0]
        self.rows, self.counted = found[0], list(found[len(found) - len(self._first_look.conditions) :])

    def _lost_lines(self, lines: int, blank_lines: int) -> int:
        """Count the lines that are neither header, row nor bad line: an open quotation mark swallows them."""
        breaks = " + ".join(
            f"coalesce(sum(length(c{n}) - length(replace(c{n}, chr(10), ''))), 0)" for n in range(self.width)
        )
        within = int(self.ask(breaks)[0][0]) + self._rejected_breaks
        return lines - blank_lines - self._before - self.rows - self.bad_lines - within

    def _refuse_lost_lines(self, lines: int) -> None:
        if self._skips_empty or lines == self.rows + self.bad_lines + self._before:
            return
        lost = self._lost_lines(lines, count_blank_lines(self.path, self._before))
        if lost > 0:
            raise UserError(
                f"{self.label}: {lost:,} of {lines:,} lines would be lost: a quotation mark opens and doesn't"
                " close. Close it, or download the file again."
            )

    def _refuse_many_bad_lines(self, lines: int, bad_letters: int) -> None:
        per_line = self.width * (BYTES_OF_A_REJECT + self.path.stat().st_size / max(lines, 1))
        if bad_letters * per_line > MEMORY_FOR_REJECTS:
            raise UserError(f"{self.label}: {bad_letters:,} letters are no UTF-8. Save the file as UTF-8.")
        # Lines within values and blank lines are no bad ones, but take another reading to be counted.
        if (lines - self.rows) * per_line <= MEMORY_FOR_REJECTS:
            return
        bad = self._lost_lines(lines, count_blank_lines(self.path, self._before))
        if bad * per_line > MEMORY_FOR_REJECTS:
            raise UserError(
                f"{self.label}: {bad:,} of {lines:,} lines don't have {self.width} values, or a quotation"
                " mark opens and doesn't close. Close it, or download the file again."
            )

    def _find_bad_lines(self) -> None:
        self._load("store_rejects = true, rejects_table = 'rejected'")
        self.rejects = self.connection.execute(
            "select line, any_value(csv_line), min(cast(error_type as varchar)) from rejected"
            " group by line order by line"
        ).fetchall()
        self.bad_lines = len(self.rejects)
        if self.rejects:
            self._refuse_damage()
        self._rejected_breaks = sum(text.strip("\r\n").count("\n") for _, text, _ in self.rejects)
        swallowing = [(line, text.strip("\r\n")) for line, text, error in self.rejects if error == UNCLOSED]
        swallowing = [(line, text) for line, text in swallowing if "\n" in text]
        self.swallowed_lines = sum(text.count("\n") for _, text in swallowing)
        self.first_swallowing = swallowing[0][0] if swallowing else 0
        if self.is_large or self.swallowed_lines:
            # After a bad line of several lines, reading in parallel leaves rows out without a word.
            self._load("ignore_errors = true, parallel = false")

    def _refuse_damage(self) -> None:
        """Refuse a file whose rows don't fit its header, or that ends within one; single lines may be bad."""
        (line, text, error_type), last = self.rejects[0], self.rejects[-1]
        if self.bad_lines > self.rows and error_type in (TOO_FEW, TOO_MANY):
            found = len(next(csv.reader([text.strip("\r\n")], delimiter=self.delimiter), []))
            raise UserError(
                f"{self.label}: {self.bad_lines:,} of {self.rows + self.bad_lines:,} rows don't have the"
                f" {self.width} values that the header has names for (line {line}: found {found} values:"
                f" {text.strip()[:100]!r}). Make header and rows equally long, or download the file again."
            )
        line, text, error_type = last
        # The header is a line, too.
        if line <= self.rows + self.bad_lines + self.rows_above:
            return
        shown = f"found {text.strip()[:100]!r}, expected {self.width} values"
        swallows = error_type == UNCLOSED and "\n" in text.strip("\r\n")
        if error_type == UNCLOSED and (swallows or _ends_in_line_end(self.path)):
            raise UserError(
                f"{self.label}, line {line}: a quotation mark opens in this line and doesn't close until the"
                f" end of the file ({shown}). Close it, or write it twice if it belongs to the text."
            )
        if not _ends_in_line_end(self.path):
            others = f", as {self.bad_lines - 1:,} other lines can't be read" if self.bad_lines > 1 else ""
            raise UserError(
                f"{self.label}, line {line}: the last line is cut off, or a quotation mark doesn't close"
                f" ({shown}){others}. Download the file again."
            )

    @property
    def first_line(self) -> int:
        """The line of the first row, records counted."""
        return self._before + 1

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
        return self.first_lines(day, f"where {text} is not null")

    def first_lines(self, value: str, where: str) -> list[tuple]:
        """List the different values of an expression, each with its first line."""
        return self.ask(
            f"min(rowid) + {self.first_line}, {value}",
            f"{where} group by {value} order by 1 limit {MOST_GROUPS}",
            numbered=True,
        )

    def count_where(self, *conditions: str) -> list[int]:
        """Count the rows for which conditions over the columns hold."""
        return list(self.ask(", ".join(f"count(*) filter ({c})" for c in conditions))[0])


def _ends_in_line_end(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) in (b"\n", b"\r")
