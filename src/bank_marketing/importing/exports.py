"""A bank's own export: a table in any delimiter, encoding or workbook, read row by row as text."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

from bank_marketing.errors import UserError
from bank_marketing.importing.finding import Candidate, find_candidates
from bank_marketing.importing.reading import LONGEST_LINE, read_bytes
from bank_marketing.importing.workbooks import sheet_rows, sheet_starts

DELIMITERS = (",", ";", "\t", "|")
LINES_LOOKED_AT = 50


@dataclass(frozen=True)
class Export:
    """A table that a bank took out of its own systems.

    Attributes
    ----------
    candidate : Candidate
        The file.
    columns : tuple of str
        Its column names, as written, without blanks at their ends.
    delimiter, encoding : str or None
        How the text is written; None for a workbook.
    sheet : str or None
        The sheet with the table; None for text.
    """

    candidate: Candidate
    columns: tuple[str, ...]
    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None

    @property
    def label(self) -> str:
        """How messages name the file."""
        return self.candidate.label

    @property
    def settings(self) -> dict[str, str]:
        """How the file is read: what `open_export` takes, so that it needn't be found out again."""
        found = {"delimiter": self.delimiter, "encoding": self.encoding, "sheet": self.sheet}
        return {name: value for name, value in found.items() if value is not None}

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Read the rows, in bounded memory.

        Yields
        ------
        line : int
            Line of the file where the row begins; for a sheet the number of the row, without empty ones.
        values : list of str
            One for each column, without blanks at the ends; rows without any value are left out.

        Raises
        ------
        UserError
            If a row has more or fewer values than there are columns, or can't be read.
        """
        for line, values in self._records():
            if not any(values):
                continue
            extra = values[len(self.columns) :]
            if len(values) < len(self.columns) or any(extra):
                raise UserError(
                    f"{self.label}, line {line}: found {len(values)} values, expected {len(self.columns)},"
                    " one for each column. Mend the line, or say how the file is written (file: delimiter) in"
                    " the mapping."
                )
            yield line, values[: len(self.columns)]

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        if self.sheet is not None:
            rows = sheet_rows(self.candidate.path, self.sheet, 0, [None] * len(self.columns))
            for number, cells in enumerate(islice(rows, 1, None), start=2):
                yield number, [cell.strip() for cell in cells]
            return
        with _open_text(self.candidate.path, str(self.encoding)) as file:
            yield from islice(_records(file, str(self.delimiter), self.label), 1, None)


def open_export(path: Path, scratch: Path, settings: dict[str, str] | None = None) -> Export:
    """Find out how an export is written, as far as nobody says it.

    Parameters
    ----------
    path : Path
        A CSV file, a workbook, or a zip archive with one of them.
    scratch : Path
        An empty folder for what is taken out of an archive.
    settings : dict of str to str, optional
        delimiter, encoding or sheet, where a mapping says them.

    Returns
    -------
    Export
        The table, not read yet.

    Raises
    ------
    UserError
        If the file is no table, or how it is written can't be told.
    """
    csv.field_size_limit(LONGEST_LINE)
    settings = settings or {}
    candidates = list(find_candidates([path], scratch))
    if len(candidates) != 1:
        raise UserError(f"{path}: found {len(candidates)} files in it, expected one. Name the file itself.")
    candidate = candidates[0]
    if candidate.kind == "unreadable":
        raise UserError(f"{candidate.label}: {candidate.problem}")
    if candidate.kind == "json":
        raise UserError(
            f"{candidate.label}: found JSON, expected a CSV file or an Excel workbook. Export it as CSV."
        )
    if candidate.kind == "xlsx":
        sheet, header = _find_sheet(candidate, settings.get("sheet"))
        return Export(candidate, _checked(header, candidate.label), sheet=sheet)
    encoding = _encoding(candidate, settings.get("encoding"))
    with _open_text(candidate.path, encoding) as file:
        text = "".join(islice(_bounded_lines(file, candidate.label), LINES_LOOKED_AT))
    delimiter = settings.get("delimiter") or _delimiter(text)
    if len(delimiter) != 1:
        raise UserError(f"{candidate.label}: found the delimiter {delimiter!r}, expected one character.")
    try:
        header = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    except csv.Error as error:
        raise UserError(f"{candidate.label}, line 1: no readable header ({error}).") from error
    return Export(candidate, _checked(header, candidate.label), delimiter=delimiter, encoding=encoding)


def _checked(header: list[str], label: str) -> tuple[str, ...]:
    names = [name.strip() for name in header]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise UserError(f"{label}, line 1: found no column names, expected a header.")
    if "" in names:
        # An index column comes without a name.
        names = [name or f"column {number}" for number, name in enumerate(names, start=1)]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise UserError(
            f"{label}, line 1: found the column {', '.join(repeated)} more than once, expected different"
            " names. Rename one of them."
        )
    return tuple(names)


def _find_sheet(candidate: Candidate, wanted: str | None) -> tuple[str, list[str]]:
    try:
        headers = {name: rows[0] if rows else [] for name, rows in sheet_starts(candidate.path, 1).items()}
    except UserError as error:
        raise UserError(f"{candidate.label}: {error}") from error
    if wanted is not None and wanted not in headers:
        raise UserError(f"{candidate.label}: no sheet {wanted!r}, found {', '.join(headers)}.")
    tables = {name: header for name, header in headers.items() if len(header) > 1 and wanted in (None, name)}
    if len(tables) != 1:
        raise UserError(
            f"{candidate.label}: found {len(tables)} sheets with a table ({', '.join(tables) or 'none'}),"
            " expected one. Name it in the mapping (file: {sheet: NAME}) or with --sheet NAME, and let its"
            " first row be the column names."
        )
    return next(iter(tables.items()))


def _encoding(candidate: Candidate, wanted: str | None) -> str:
    if wanted is None:
        return read_bytes(candidate.path, candidate.label).encoding
    try:
        codecs.lookup(wanted)
    except LookupError as error:
        raise UserError(
            f"{candidate.label}: {wanted!r} is no encoding. Expected a name such as utf-8, cp1252 or utf-16."
        ) from error
    return wanted


def _open_text(path: Path, encoding: str) -> TextIO:
    # A byte-order mark isn't part of the first name.
    return path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="")


def _delimiter(text: str) -> str:
    """Return the delimiter by which the header has the most columns, and most lines have as many."""

    def columns(delimiter: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(text.splitlines(), delimiter=delimiter) if row]
        alike = widths.count(widths[0]) if widths else 0
        return (widths[0] if 2 * alike >= len(widths) > 0 else 0, alike)

    return max(DELIMITERS, key=columns)


def _bounded_lines(file: TextIO, label: str) -> Iterator[str]:
    number = 0
    try:
        while line := file.readline(LONGEST_LINE):
            number += 1
            if len(line) == LONGEST_LINE:
                raise UserError(
                    f"{label}, line {number}: longer than {LONGEST_LINE:,} characters, so this is no table of"
                    " rows. Export it again with one row a line."
                )
            yield line
    except UnicodeError as error:
        raise UserError(
            f"{label}, after line {number}: no readable {file.encoding} text ({error}). Say the encoding in"
            " the mapping (file: {encoding: NAME}) or with --encoding NAME."
        ) from error


def _records(file: TextIO, delimiter: str, label: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(_bounded_lines(file, label), delimiter=delimiter, strict=True)
    first_line = 1
    try:
        for values in reader:
            yield first_line, [value.strip() for value in values]
            first_line = reader.line_num + 1
    except csv.Error as error:
        if reader.line_num > first_line or "end of data" in str(error):
            raise UserError(
                f"{label}, line {first_line}: a quotation mark opens in this row and doesn't close where it"
                f" should (line {reader.line_num}: {error}). Close it, write it twice if it belongs to the"
                " text, or export the table again."
            ) from error
        raise UserError(
            f"{label}, line {reader.line_num}: no readable row ({error}). Mend the line."
        ) from error
