"""A bank's own export: a table in any delimiter, encoding or workbook, read row by row as text."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

from bank_marketing.errors import UserError
from bank_marketing.importing.finding import Candidate, find_candidates
from bank_marketing.importing.reading import LONGEST_LINE, read_bytes
from bank_marketing.importing.recognising import HEADER_ROWS
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
    skip_lines : int
        Lines of the text, or rows of the sheet, before the column names: titles and notes.
    """

    candidate: Candidate
    columns: tuple[str, ...]
    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    skip_lines: int = 0

    @property
    def label(self) -> str:
        """How messages name the file."""
        return self.candidate.label

    @property
    def settings(self) -> dict[str, str]:
        """How the file is read: what `open_export` takes, so that it needn't be found out again."""
        skipped = str(self.skip_lines) if self.skip_lines else None
        found = {
            "delimiter": self.delimiter,
            "encoding": self.encoding,
            "sheet": self.sheet,
            "skip_lines": skipped,
        }
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
            rows = sheet_rows(self.candidate.path, self.sheet, self.skip_lines, [None] * len(self.columns))
            for number, cells in enumerate(islice(rows, 1, None), start=self.skip_lines + 2):
                yield number, [cell.strip() for cell in cells]
            return
        with _open_text(self.candidate.path, str(self.encoding)) as file:
            lines = islice(_bounded_lines(file, self), self.skip_lines, None)
            yield from islice(_records(lines, str(self.delimiter), self), 1, None)


def open_export(path: Path, scratch: Path, settings: dict[str, str] | None = None) -> Export:
    """Find out how an export is written, as far as nobody says it.

    Parameters
    ----------
    path : Path
        A CSV file, a workbook, or a zip archive with one of them.
    scratch : Path
        An empty folder for what is taken out of an archive.
    settings : dict of str to str, optional
        delimiter, encoding, sheet or skip_lines, where a mapping says them.

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
    is_workbook = candidate.kind == "xlsx"
    for name in ("delimiter", "encoding") if is_workbook else ("sheet",):
        if name in settings:
            what = "an Excel workbook, which has none" if is_workbook else "no workbook"
            raise UserError(
                f"{candidate.label}: found {name} {settings[name]!r} (file: in the mapping, or --{name}), but"
                f" the file is {what}. Take it out."
            )
    above = settings.get("skip_lines")
    if above is not None and not (above.isascii() and above.isdigit()):
        raise UserError(f"{candidate.label}: found skip_lines {above!r}, expected how many lines to skip.")
    skipped = None if above is None else int(above)
    if is_workbook:
        return _open_sheet(candidate, settings.get("sheet"), skipped)
    encoding = _encoding(candidate, settings.get("encoding"))
    draft = Export(candidate, (), encoding=encoding)
    with _open_text(candidate.path, encoding) as file:
        lines = list(islice(_bounded_lines(file, draft), (skipped or 0) + LINES_LOOKED_AT))
    delimiter = settings.get("delimiter")
    if delimiter is None:
        delimiter = max(DELIMITERS, key=lambda mark: _likeness(lines, mark, skipped))
    if len(delimiter) != 1 or delimiter in '\r\n"':
        raise UserError(f"{candidate.label}: found the delimiter {delimiter!r}, expected one character.")
    if skipped is None:
        skipped = _rows_above(_split(lines, delimiter))
    try:
        text = io.StringIO("".join(lines[skipped:]), newline="")
        header = next(csv.reader(text, delimiter=delimiter), [])
    except csv.Error as error:
        raise UserError(f"{candidate.label}, line {skipped + 1}: no readable header ({error}).") from error
    columns = _checked(header, candidate.label, skipped + 1)
    return Export(candidate, columns, delimiter=delimiter, encoding=encoding, skip_lines=skipped)


def _checked(header: list[str], label: str, line: int) -> tuple[str, ...]:
    names = [name.strip() for name in header]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise UserError(f"{label}, line {line}: found no column names, expected a header.")
    if "" in names:
        # An index column comes without a name.
        names = [name or f"column {number}" for number, name in enumerate(names, start=1)]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise UserError(
            f"{label}, line {line}: found the column {', '.join(repeated)} more than once, expected different"
            " names. Rename one of them."
        )
    return tuple(names)


def _open_sheet(candidate: Candidate, wanted: str | None, skipped: int | None) -> Export:
    try:
        sheets = sheet_starts(candidate.path, (skipped or 0) + LINES_LOOKED_AT)
    except UserError as error:
        raise UserError(f"{candidate.label}: {error}") from error
    if wanted is not None and wanted not in sheets:
        raise UserError(f"{candidate.label}: no sheet {wanted!r}, found {', '.join(sheets)}.")
    above = {name: _rows_above(rows) if skipped is None else skipped for name, rows in sheets.items()}
    headers = {name: rows[above[name]] if len(rows) > above[name] else [] for name, rows in sheets.items()}
    tables = [name for name, header in headers.items() if len(header) > 1 and wanted in (None, name)]
    if len(tables) != 1:
        raise UserError(
            f"{candidate.label}: found {len(tables)} sheets with a table ({', '.join(tables) or 'none'}),"
            " expected one. Name it in the mapping (file: {sheet: NAME}) or with --sheet NAME, and let its"
            " first row be the column names, or say how many rows stand above them (skip_lines)."
        )
    (sheet,) = tables
    columns = _checked(headers[sheet], candidate.label, above[sheet] + 1)
    return Export(candidate, columns, sheet=sheet, skip_lines=above[sheet])


def _encoding(candidate: Candidate, wanted: str | None) -> str:
    if wanted is None:
        return read_bytes(candidate.path, candidate.label).encoding
    try:
        "".encode(wanted)  # some codecs, such as hex, are no encodings of text
    except (LookupError, ValueError) as error:
        raise UserError(
            f"{candidate.label}: {wanted!r} is no encoding. Expected a name such as utf-8, cp1252 or utf-16."
        ) from error
    return wanted


def _open_text(path: Path, encoding: str, errors: str = "strict") -> TextIO:
    # A byte-order mark isn't part of the first name.
    is_utf_8 = codecs.lookup(encoding).name == "utf-8"
    return path.open(encoding="utf-8-sig" if is_utf_8 else encoding, errors=errors, newline="")


def _split(lines: list[str], delimiter: str) -> list[list[str]]:
    return [next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter), []) for line in lines]


def _rows_above(rows: list[list[str]]) -> int:
    """Return how many titles, notes and empty rows stand above the column names.

    Those are the first row with at least half as many values as most rows have; numbers are no names. What
    another delimiter would part into as many is no title.
    """
    widths = Counter(len(row) for row in rows if row)
    width = max(widths, key=lambda width: (widths[width], width), default=0)
    for above, row in enumerate(rows[:HEADER_ROWS]):
        if len(row) > 1 and 2 * sum(value.strip() != "" for value in row) >= width:
            if any(map(_is_figure, row)):
                break
            return above
        if any(value.count(mark) >= width - 1 > 0 for value in row for mark in DELIMITERS):
            break
    return next((above for above, row in enumerate(rows) if row), 0)


def _is_figure(value: str) -> bool:
    return any(map(str.isdigit, value)) and not any(map(str.isalpha, value))


def _likeness(lines: list[str], delimiter: str, skipped: int | None) -> tuple[int, int]:
    """Tell how much lines look like a table: by the columns of their header, if most rows have as many."""
    above = _rows_above(_split(lines, delimiter)) if skipped is None else skipped
    rows = csv.reader([line.rstrip("\r\n") for line in lines[above:]], delimiter=delimiter)
    widths = [len(row) for row in rows if row]
    alike = widths.count(widths[0]) if widths else 0
    return (widths[0] if 2 * alike >= len(widths) > 0 else 0, alike)


def _bounded_lines(file: TextIO, export: Export) -> Iterator[str]:
    number = 0
    try:
        while line := file.readline(LONGEST_LINE):
            number += 1
            if len(line) == LONGEST_LINE:
                raise UserError(
                    f"{export.label}, line {number}: longer than {LONGEST_LINE:,} characters, so this is no"
                    " table of rows. Export it again with one row a line."
                )
            yield line
    except UnicodeError as error:
        raise UserError(
            f"{export.label}{_unreadable(export)}: no readable {export.encoding} text ({error.args[-1]}). Say"
            " the encoding in the mapping (file: {encoding: NAME}) or with --encoding NAME, or save the file"
            " as UTF-8."
        ) from error


def _unreadable(export: Export) -> str:
    """Name the first line that can't be read: the text is read in pieces of many lines."""
    try:
        with _open_text(export.candidate.path, str(export.encoding), errors="replace") as file:
            lines = iter(lambda: file.readline(LONGEST_LINE), "")
            for number, line in enumerate(lines, start=1):
                if (place := line.find("\ufffd")) >= 0:
                    return f", line {number}, at {line[max(0, place - 20) : place + 20].strip()!r}"
    except UnicodeError:  # no byte-order mark where the encoding wants one
        pass
    return ""


def _records(lines: Iterator[str], delimiter: str, export: Export) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    above = export.skip_lines
    first_line = above + 1
    try:
        for values in reader:
            yield first_line, [value.strip() for value in values]
            first_line = above + reader.line_num + 1
    except csv.Error as error:
        line = above + reader.line_num
        if line > first_line or "end of data" in str(error):
            raise UserError(
                f"{export.label}, line {first_line}: a quotation mark opens in this row and doesn't close"
                f" where it should (line {line}: {error}). Close it, write it twice if it belongs to the"
                " text, or export the table again."
            ) from error
        raise UserError(f"{export.label}, line {line}: no readable row ({error}). Mend the line.") from error
