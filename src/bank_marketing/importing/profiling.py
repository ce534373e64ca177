"""What a CSV file holds, column by column: told by DuckDB in streams, so that size doesn't matter."""

from __future__ import annotations

import csv
import glob
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb

from bank_marketing.errors import UserError
from bank_marketing.seeds.formats import ColumnFormat
from bank_marketing.seeds.grammar import value_kind, value_pattern
from bank_marketing.seeds.line_counts import count_blank_lines
from bank_marketing.sql_text import sql_text

Kind = Literal[
    "text",
    "personal",
    "whole",
    "number",
    "share",
    "percent",
    "money",
    "zip",
    "boolean",
    "code",
    "month_year",
    "month_name",
    "us_date",
    "timestamp",
    "date",
]
WHOLE_NUMBERS = ("integer", "bigint", "smallint", "tinyint", "hugeint")
DATES: tuple[Kind, ...] = ("us_date", "timestamp", "date")
NUMBERS: tuple[Kind, ...] = ("whole", "number", "share", "percent", "money")
WORDS: tuple[Kind, ...] = ("boolean", "code", "month_year", "month_name")

# The one form in which the importers write months, of those that the loader takes.
MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
# What nobody means as a text: pandas and SQL write it for no value. `None` and `NA` may well be meant.
NO_TEXT = ("NaN", "nan", "<NA>", "NaT", "NULL", "null")
# A day without its time: what stands before a blank or a T, a serial number without its fraction.
_DAY = r"^\s*([0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}|[0-9]{8}|[0-9]{5})(?:[ T.]|$)"
MOST_GROUPS = 100_000
# DuckDB holds a note in memory for each value that a line lacks: this is what they may fill. A quotation mark
# that doesn't close makes a bad line of each line after it.
MEMORY_FOR_REJECTS = 500_000_000
BYTES_OF_A_REJECT = 600
# What DuckDB calls the commonest faults of a line.
TOO_FEW, TOO_MANY, UNCLOSED = "MISSING COLUMNS", "TOO MANY COLUMNS", "UNQUOTED VALUE"


@dataclass(frozen=True)
class Group:
    """Values of a column that are written alike.

    Attributes
    ----------
    example : str
        The first of them.
    line : int
        Its line.
    count : int
        How many there are.
    """

    example: str
    line: int
    count: int


def kind_of(column: ColumnFormat) -> Kind:
    """Tell what kind of values a column wants.

    Parameters
    ----------
    column : ColumnFormat
        Its declaration.

    Returns
    -------
    str
        The declared format, or what type, unit and allowed values say.
    """
    data_type = column.data_type.lower()
    if column.text_format in ("money", "zip", "us_date", "month_year", "month_name"):
        return column.text_format  # type: ignore[return-value]
    if data_type == "boolean":
        return "boolean"
    if data_type in WHOLE_NUMBERS:
        return "whole"
    if data_type in ("double", "float", "real") or data_type.startswith("decimal"):
        return column.unit if column.unit in ("share", "percent") else "number"  # type: ignore[return-value]
    if data_type in ("date", "timestamp"):
        return data_type  # type: ignore[return-value]
    if column.allowed_values:
        return "code"
    return "personal" if column.is_personal else "text"


def canonical_pattern(column: ColumnFormat, kind: Kind) -> str | None:
    """Return how the loader wants a column's values, as a regular expression over the whole text.

    Parameters
    ----------
    column : ColumnFormat
        Its declaration.
    kind : str
        What `kind_of` calls it.

    Returns
    -------
    str or None
        The loader's own grammar; None where that is no matter of how a text is written.
    """
    if kind == "month_name":
        return MONTHS
    if kind in ("text", "personal", "code", "boolean"):
        return None
    return value_pattern(value_kind(column))


class Profile:
    """A CSV file as DuckDB reads it, for questions about its columns.

    Parameters
    ----------
    path : Path
        The file, in UTF-8.
    label : str
        How messages name it.
    delimiter : str
        What parts its values.
    rows_above : int
        Lines before the header.
    width : int
        Number of columns.
    lines : int
        Lines of the file.
    scratch : Path
        Folder for what doesn't fit into a gigabyte of memory.
    bad_letters : int
        Letters of the file that are no UTF-8.

    Attributes
    ----------
    rows : int
        Rows that can be read.
    bad_lines : int
        Lines with too few or too many values, unclosed quotes or no UTF-8.
    swallowed_lines : int
        Lines that a stray quotation mark makes part of a bad one; they are not among the bad lines.
    first_swallowing : int
        The first line that has such a mark; 0 if none has.

    Raises
    ------
    UserError
        If the file can't be read, has more bad lines than can be told apart, or its last line is cut off.
    """

    def __init__(
        self,
        path: Path,
        label: str,
        *,
        delimiter: str,
        rows_above: int,
        width: int,
        lines: int,
        scratch: Path,
        bad_letters: int = 0,
    ) -> None:
        self.label, self.width, self.rows_above = label, width, rows_above
        self._delimiter = delimiter
        self._connection = duckdb.connect(
            config={"memory_limit": "1GB", "temp_directory": str(scratch / "spill")}
        )
        self._parameters = {
            "path": glob.escape(str(path)),
            "names": {f"c{number}": "varchar" for number in range(width)},
            "delimiter": delimiter,
            "above": rows_above,
        }
        self.bad_lines = self._rejected_breaks = self.swallowed_lines = self.first_swallowing = 0
        try:
            self.rows = self._ask("count(*)")[0][0]
            if bad_letters or lines != self.rows + rows_above + 1:
                self._refuse_many_bad_lines(path, lines, bad_letters)
                self._find_bad_lines(path)
        except duckdb.Error as error:
            reason = str(error).splitlines()[0]
            raise UserError(f"{label}: no readable CSV file ({reason}). Download it again.") from error

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def lost_lines(self, lines: int, blank_lines: int) -> int:
        """Count the lines that are neither header, row nor bad line: an open quotation mark swallows them.

        Parameters
        ----------
        lines : int
            Lines of the file.
        blank_lines : int
            Those of them with nothing in them.

        Returns
        -------
        int
            0 for a sound file.
        """
        breaks = " + ".join(
            f"coalesce(sum(length(c{n}) - length(replace(c{n}, chr(10), ''))), 0)" for n in range(self.width)
        )
        within = int(self._ask(breaks)[0][0]) + self._rejected_breaks
        return lines - blank_lines - self.rows_above - 1 - self.rows - self.bad_lines - within

    def _refuse_many_bad_lines(self, path: Path, lines: int, bad_letters: int) -> None:
        per_line = self.width * (BYTES_OF_A_REJECT + path.stat().st_size / lines)
        if bad_letters * per_line > MEMORY_FOR_REJECTS:
            raise UserError(f"{self.label}: {bad_letters:,} letters are no UTF-8. Save the file as UTF-8.")
        # Lines within values and blank lines are no bad ones, but take another reading to be counted.
        if (lines - self.rows) * per_line <= MEMORY_FOR_REJECTS:
            return
        bad = self.lost_lines(lines, count_blank_lines(path, self.rows_above + 1))
        if bad * per_line > MEMORY_FOR_REJECTS:
            raise UserError(
                f"{self.label}: {bad:,} of {lines:,} lines don't have {self.width} values, or a quotation"
                " mark opens and doesn't close. Close it, or download the file again."
            )

    def _find_bad_lines(self, path: Path) -> None:
        # DuckDB looks at the letters of a column only if it is asked for.
        every_column = ", ".join(f"count(c{n})" for n in range(self.width))
        self.rows = self._ask(f"count(*), {every_column}", rejects=True)[0][0]
        rejected = self._connection.execute(
            "select line, any_value(csv_line), min(cast(error_type as varchar)) from rejected"
            " group by line order by line"
        ).fetchall()
        self.bad_lines = len(rejected)
        if rejected:
            self._refuse_damage(rejected, path)
        self._rejected_breaks = sum(text.strip("\r\n").count("\n") for _, text, _ in rejected)
        swallowing = [(line, text.strip("\r\n")) for line, text, error in rejected if error == UNCLOSED]
        swallowing = [(line, text) for line, text in swallowing if "\n" in text]
        self.swallowed_lines = sum(text.count("\n") for _, text in swallowing)
        self.first_swallowing = swallowing[0][0] if swallowing else 0

    def _refuse_damage(self, rejected: list[tuple[int, str, str]], path: Path) -> None:
        """Refuse a file whose rows don't fit its header, or that ends within one; single lines may be bad."""
        (line, text, error_type), last = rejected[0], rejected[-1]
        if self.bad_lines > self.rows and error_type in (TOO_FEW, TOO_MANY):
            found = len(next(csv.reader([text.strip("\r\n")], delimiter=self._delimiter), []))
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
        if error_type == UNCLOSED and (swallows or _ends_in_line_end(path)):
            raise UserError(
                f"{self.label}, line {line}: a quotation mark opens in this line and doesn't close until the"
                f" end of the file ({shown}). Close it, or write it twice if it belongs to the text."
            )
        if not _ends_in_line_end(path):
            others = f", as {self.bad_lines - 1:,} other lines can't be read" if self.bad_lines > 1 else ""
            raise UserError(
                f"{self.label}, line {line}: the last line is cut off, or a quotation mark doesn't close"
                f" ({shown}){others}. Download the file again."
            )

    def odd_values(
        self,
        kinds: Sequence[Kind],
        patterns: Sequence[str | None],
        allowed: Sequence[Sequence[str]],
        *,
        commas: bool,
    ) -> list[int]:
        """Count by column the values that aren't written as the loader wants them.

        Parameters
        ----------
        kinds : sequence of str
            Kind of each column.
        patterns : sequence of str or None
            How values of each column are written, see `canonical_pattern`.
        allowed : sequence of sequence of str
            Allowed values of each column.
        commas : bool
            Whether a comma in a number is odd, too.

        Returns
        -------
        list of int
            One count for each column.
        """
        counts = []
        for number, (kind, pattern, values) in enumerate(zip(kinds, patterns, allowed, strict=True)):
            text = f"c{number}"
            if kind in ("boolean", "code"):
                listed = ", ".join(map(sql_text, values))
                odd = f"trim({text}) not in ({listed})" if values else "false"
            elif kind == "text":
                odd = f"trim({text}) in ({', '.join(map(sql_text, NO_TEXT))})"
            elif kind == "personal":
                odd = f"regexp_full_match({text}, '[0-9][.][0-9]+[eE][+][0-9]+')"
            elif pattern:
                odd = f"not regexp_full_match(trim({text}), '{pattern}')"
                odd += f" or contains({text}, ',')" if commas and kind in NUMBERS else ""
            else:
                odd = "false"
            counts.append(f"count(*) filter ({odd})")
        return list(self._ask(", ".join(counts))[0])

    def groups(self, column: int, *, by_value: bool = False) -> list[Group]:
        """Group a column's values by how they are written.

        Parameters
        ----------
        column : int
            Position of the column.
        by_value : bool
            Tell every value apart, and not only those that differ in more than their digits.

        Returns
        -------
        list of Group
            By line, at most a hundred thousand.
        """
        key = f"c{column}" if by_value else f"regexp_replace(c{column}, '[0-9]', '9', 'g')"
        found = self._ask(
            f"arg_min(c{column}, line), min(line), count(*)",
            f"where c{column} is not null group by {key} order by 2 limit {MOST_GROUPS}",
            with_lines=True,
        )
        return [Group(*row) for row in found]

    def days(self, column: int, *, is_timestamp: bool) -> list[tuple[int, str]]:
        """List a column's distinct dates, without times of day.

        Parameters
        ----------
        column : int
            Position of the column.
        is_timestamp : bool
            Whether most values have the canonical form, whose first ten characters are the day.

        Returns
        -------
        list of (int, str)
            First line and text, in the order of the file.
        """
        text = f"c{column}"
        day = f"coalesce(nullif(regexp_extract({text}, '{_DAY}', 1), ''), {text})"
        if is_timestamp:
            day = f"case when length({text}) = 19 then left({text}, 10) else {day} end"
        return self._ask(
            f"min(line), {day}",
            f"where {text} is not null group by {day} order by 1 limit {MOST_GROUPS}",
            with_lines=True,
        )

    def count_where(self, *conditions: str) -> list[int]:
        """Count the rows for which conditions over the columns c0, c1, ... hold.

        Parameters
        ----------
        *conditions : str
            SQL.

        Returns
        -------
        list of int
            One count for each condition.
        """
        return list(self._ask(", ".join(f"count(*) filter ({c})" for c in conditions))[0])

    def holds_somewhere(self, condition: str) -> bool:
        """Tell whether a condition holds for a row; the first one ends the reading.

        Parameters
        ----------
        condition : str
            SQL over the columns c0, c1, ...

        Returns
        -------
        bool
            The answer.
        """
        return bool(self._ask("1", f"where {condition} limit 1"))

    def _ask(
        self, selected: str, rest: str = "", *, with_lines: bool = False, rejects: bool = False
    ) -> list[tuple]:
        # The rejects of the first reading are kept, later ones leave the same lines out.
        keep = "store_rejects = true, rejects_table = 'rejected'" if rejects else "ignore_errors = true"
        # After a bad line of several lines, reading in parallel leaves all rows out without a word.
        keep += ", parallel = false" if self.swallowed_lines else ""
        table = (
            "read_csv($path, columns = $names, header = true, auto_detect = false, delim = $delimiter,"
            f" skip = $above, quote = '\"', escape = '\"', {keep})"
        )
        if with_lines:
            table = f"(select row_number() over () + 1 + {self.rows_above} as line, * from {table})"
        return self._connection.execute(f"select {selected} from {table} {rest}", self._parameters).fetchall()


def _ends_in_line_end(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) in (b"\n", b"\r")
