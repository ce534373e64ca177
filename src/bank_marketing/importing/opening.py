"""Where in a file its table is, and how it is written, as far as nobody says it."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from bank_marketing.errors import UserError
from bank_marketing.importing.finding import Candidate, find_candidates
from bank_marketing.importing.reading import LONGEST_LINE, read_bytes, wide_encoding
from bank_marketing.importing.workbooks import sheet_starts

LINES_LOOKED_AT = 50
LONGEST_HEADER = 1 << 16
# The header is looked for in this many lines or rows: titles and notes may stand above it.
HEADER_ROWS = 20
DELIMITERS = (",", ";", "\t", "|")
# Lists of codes are small; a larger JSON file (the labels of the card data) is never read whole.
LARGEST_JSON = 1_000_000
CODE_LIST = ("mcc", "description")
NO_TEXT = (
    "Say the encoding in the mapping (file: {encoding: NAME}) or with --encoding NAME, or save as UTF-8."
)


@dataclass(frozen=True)
class Table:
    """A table within a file, by its header."""

    candidate: Candidate
    header: tuple[str, ...]
    delimiter: str = ","
    sheet: str | None = None
    rows_above: int = 0
    encoding: str | None = None  # None where it is to be found out
    has_header: bool = True

    def __str__(self) -> str:
        """Return how the file is written."""
        written = f"delimiter {self.delimiter!r}, encoding {self.encoding or 'utf-8'!r}"
        above = f", skip_lines '{self.rows_above}'" if self.rows_above else ""
        header = "" if self.has_header else ", no header"
        return (f"sheet {self.sheet!r}" if self.sheet else written) + above + header


def possible_tables(candidate: Candidate) -> Iterator[Table]:
    """Return what may be the table of a file: one for each row that may be its header."""
    if candidate.kind == "json":
        if code_list(candidate) is None:
            size = candidate.path.stat().st_size
            huge = f" ({size:,} bytes, at most {LARGEST_JSON:,} are read)" if size > LARGEST_JSON else ""
            raise UserError(f"the JSON file is no list of codes with their names{huge}")
        yield Table(candidate, CODE_LIST)
        return
    if candidate.kind == "xlsx":
        for sheet, rows in sheet_starts(candidate.path, HEADER_ROWS).items():
            for above, row in enumerate(rows):
                yield Table(candidate, tuple(row), sheet=sheet, rows_above=above)
        return
    with candidate.path.open("rb") as file:
        start = file.read(LONGEST_HEADER)
    lines = start.decode(wide_encoding(candidate.path) or "utf-8-sig", errors="replace").splitlines()
    for above, line in enumerate(lines[:HEADER_ROWS]):
        for delimiter in sorted(DELIMITERS, key=lambda mark: -line.count(mark)):
            reader = csv.reader(io.StringIO("\n".join(lines[above:]), newline=""), delimiter=delimiter)
            try:
                header, first = next(reader, []), next(reader, [])
            except csv.Error:
                continue
            # Empty values may stand at the ends of rows only.
            more = first[len(header) :]
            names = [*header, *more] if not any(more) else header
            if len(header) > 1 or delimiter == DELIMITERS[0]:
                yield Table(candidate, tuple(names), delimiter, rows_above=above)


def code_list(candidate: Candidate) -> list[tuple[str, str]] | None:
    """Read a JSON object of codes and their names; None for any other."""
    if candidate.path.stat().st_size > LARGEST_JSON:
        return None
    try:
        pairs = json.loads(candidate.path.read_text(encoding="utf-8-sig"), object_pairs_hook=list)
    except RecursionError as error:
        raise UserError(
            "JSON of lists within lists, nested too deeply to be read. Expected codes with their names, such"
            ' as {"5812": "Eating Places"}.'
        ) from error
    except ValueError as error:  # of JSON, of letters, of whole numbers of thousands of digits
        raise UserError(
            f"no readable JSON ({str(error)[:100]}), it may be cut off. Download it again."
        ) from error
    is_list = isinstance(pairs, list) and all(isinstance(p, tuple) and isinstance(p[1], str) for p in pairs)
    return pairs if is_list else None


def open_export(path: Path, scratch: Path, settings: Mapping[str, Any]) -> Table:
    """Find the one table in a file; `settings` are those of a mapping's `file`."""
    candidates = list(find_candidates([path], scratch))
    if len(candidates) != 1:
        raise UserError(f"{path}: found {len(candidates)} files in it, expected one. Name the file itself.")
    candidate = candidates[0]
    if candidate.kind == "unreadable":
        raise UserError(f"{candidate.label}: {candidate.problem}")
    is_workbook = candidate.kind == "xlsx"
    for name in settings.keys() & ({"delimiter", "encoding"} if is_workbook else {"sheet"}):
        what = "an Excel workbook, which has none" if is_workbook else "no workbook"
        raise UserError(
            f"{candidate.label}: found {name} {settings[name]!r} (file: in the mapping, or --{name}), but the"
            f" file is {what}. Take it out."
        )
    if candidate.kind == "json":
        if code_list(candidate) is None:
            raise UserError(f"{candidate.label}: found JSON, expected a CSV file or an Excel workbook.")
        return Table(candidate, CODE_LIST)
    above = settings.get("skip_lines")
    if above is not None and not (above.isascii() and above.isdigit()):
        raise UserError(f"{candidate.label}: found skip_lines {above!r}, expected how many lines to skip.")
    find = _in_workbook if is_workbook else _in_text
    try:
        return find(candidate, None if above is None else int(above), settings)
    except UserError as error:
        raise UserError(f"{candidate.label}{error}") from error


def _in_text(candidate: Candidate, skipped: int | None, settings: Mapping[str, Any]) -> Table:
    encoding = settings.get("encoding")
    if encoding is not None:
        try:
            "".encode(encoding)  # some codecs, such as hex, are no encodings of text
        except (LookupError, ValueError) as error:
            raise UserError(
                f": {encoding!r} is no encoding. Expected a name such as utf-8 or cp1252."
            ) from error
    known = read_bytes(candidate.path, "", encoding)
    try:
        with candidate.path.open(encoding=known.text_encoding, errors="replace") as file:
            readline = iter(lambda: file.readline(LONGEST_LINE), "")
            lines = list(islice(readline, (skipped or 0) + LINES_LOOKED_AT))
    except UnicodeError as error:  # no byte-order mark where the encoding wants one
        raise UserError(f": no readable {encoding} text ({error}). {NO_TEXT}") from error
    delimiter = settings.get("delimiter") or max(DELIMITERS, key=lambda mark: _likeness(lines, mark, skipped))
    if len(delimiter) != 1 or delimiter in '\r\n"':
        raise UserError(f": found the delimiter {delimiter!r}, expected one character.")
    above = _rows_above(_split(lines, delimiter)) if skipped is None else skipped
    try:
        first = next(csv.reader(io.StringIO("".join(lines[above:]), newline=""), delimiter=delimiter), [])
    except csv.Error as error:
        raise UserError(f", line {above + 1}: no readable header ({error}).") from error
    names, has_header = _names(first, above, settings)
    if encoding is None and known.encoding != "utf-8":
        encoding = known.encoding  # told by its bytes
    return Table(candidate, names, delimiter, rows_above=above, encoding=encoding, has_header=has_header)


def _in_workbook(candidate: Candidate, skipped: int | None, settings: Mapping[str, Any]) -> Table:
    wanted = settings.get("sheet")
    try:
        sheets = sheet_starts(candidate.path, (skipped or 0) + LINES_LOOKED_AT)
    except UserError as error:
        raise UserError(f": {error}") from error
    if wanted is not None and wanted not in sheets:
        raise UserError(f": no sheet {wanted!r}, found {', '.join(sheets)}.")
    above = {name: _rows_above(rows) if skipped is None else skipped for name, rows in sheets.items()}
    headers = {name: rows[above[name]] if len(rows) > above[name] else [] for name, rows in sheets.items()}
    tables = [name for name, header in headers.items() if len(header) > 1 and wanted in (None, name)]
    if len(tables) != 1:
        raise UserError(
            f": found {len(tables)} sheets with a table ({', '.join(tables) or 'none'}), expected one. Name"
            " it in the mapping (file: {sheet: NAME}) or with --sheet NAME, and let its first row be the"
            " column names, or say how many rows stand above them (skip_lines)."
        )
    (sheet,) = tables
    names, has_header = _names(headers[sheet], above[sheet], settings)
    return Table(candidate, names, sheet=sheet, rows_above=above[sheet], has_header=has_header)


def _names(first: list[str], above: int, settings: Mapping[str, Any]) -> tuple[tuple[str, ...], bool]:
    """Return the column names and whether the first row has them: figures are no names."""
    said, given, place = settings.get("header"), settings.get("names"), f", line {above + 1}"
    names = [name.strip() for name in first]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise UserError(f"{place}: found no column names, expected a header.")
    if said == "false" or (said is None and any(map(_is_figure, names))):
        given = given or tuple(f"column {n}" for n in range(1, len(first) + 1))
        if len(given) != len(first):
            raise UserError(f"{place}: found {len(first)} values, expected {len(given)}, one for each name.")
        return tuple(given), False
    if given:
        raise UserError(f"{place}: found `names`, expected `header: false` beside it, or none.")
    # An index column comes without a name.
    names = [name or f"column {number}" for number, name in enumerate(names, start=1)]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise UserError(
            f"{place}: found the column {', '.join(repeated)} more than once, expected different names."
            " Rename one of them, or say `file: {skip_lines: NUMBER}` if this isn't the row of the names."
        )
    return tuple(names), True


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
