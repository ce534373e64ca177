"""Excel workbooks: which tables they hold, and the rows of one as text."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bank_marketing.errors import UserError
from bank_marketing.importing.finding import SMALL_MEMBER, refuse_bomb
from bank_marketing.importing.reading import LONGEST_LINE
from bank_marketing.importing.values import DATES, SERIALS, kind_of
from bank_marketing.seeds.formats import ColumnFormat

# What openpyxl raises on damaged workbooks beside its own; SyntaxError is its XML parser's.
DAMAGES = (zipfile.BadZipFile, zlib.error, SyntaxError, KeyError, ValueError, OSError)
# A sheet is read row by row, the texts that sheets share are held in memory.
LARGEST_SHEET = 2_000_000_000
LARGEST_SHARED = 200_000_000


def sheet_starts(path: Path, rows: int) -> dict[str, list[list[str]]]:
    """Read the first rows of each sheet of a workbook."""
    starts = {}
    with _open_workbook(path) as book:
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            starts[sheet.title] = [
                _without_end(list(map(_text, row))) for row in sheet.iter_rows(max_row=rows, values_only=True)
            ]
    return starts


def sheet_rows(
    path: Path, sheet_name: str, rows_above: int, columns: Sequence[ColumnFormat | None]
) -> Iterator[list[str]]:
    """Read the table in a sheet as text, its header first."""
    # Here, since most commands meet no workbook.
    from openpyxl.utils.datetime import from_excel

    kinds = [kind_of(column) if column else "" for column in columns]

    def text(value: Any, kind: str) -> str:
        if kind in DATES and isinstance(value, int | float) and SERIALS[0] <= value < SERIALS[1]:
            # A day's number that isn't shown as a date: only the workbook says from which year it counts.
            value = from_excel(value, book.epoch)
        is_whole = kind == "whole number" and isinstance(value, float) and value.is_integer()
        return _text(int(value) if is_whole else value)

    with _open_workbook(path) as book:
        sheet = book[sheet_name]
        sheet.reset_dimensions()
        for number, row in enumerate(sheet.iter_rows(min_row=rows_above + 1, values_only=True)):
            padded = [*row, *[None] * len(kinds)][: len(kinds)]
            values = [text(value, kind if number else "") for value, kind in zip(padded, kinds, strict=True)]
            if any(values) or number == 0:
                yield values


@contextmanager
def _open_workbook(path: Path) -> Iterator[Any]:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        _refuse_large_parts(path)
        # openpyxl judges a path by its ending, but an open file by its content.
        with path.open("rb") as file:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            try:
                yield book
            finally:
                book.close()
    except (InvalidFileException, *DAMAGES) as error:
        raise UserError(f"no readable Excel workbook ({error}). Download it again.") from error


def _refuse_large_parts(path: Path) -> None:
    """Refuse what openpyxl would read into memory whole: shared texts, and any one text without an end."""
    with zipfile.ZipFile(path) as archive:
        refuse_bomb(archive.infolist())
        for member in archive.infolist():
            most = LARGEST_SHARED if "sharedStrings" in member.filename else LARGEST_SHEET
            if member.file_size > most:
                raise UserError(
                    f"{member.filename} in the workbook has {member.file_size:,} bytes, too many to be read."
                    " Save the sheet as CSV."
                )
            if member.file_size > SMALL_MEMBER and _has_long_text(archive, member):
                raise UserError(
                    f"{member.filename} in the workbook has a text of over {LONGEST_LINE:,} bytes."
                )


def _has_long_text(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    since = 0
    with archive.open(member) as file:
        while chunk := file.read(LONGEST_LINE):
            since = since + len(chunk) if b"<" not in chunk else len(chunk) - chunk.rfind(b"<")
            if since > LONGEST_LINE:
                return True
    return False


def _without_end(names: list[str]) -> list[str]:
    while names and not names[-1].strip():
        names.pop()
    return names


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        # Excel's fractions of a day miss the second by some microseconds.
        return (value + timedelta(milliseconds=500)).isoformat(sep=" ", timespec="seconds")
    return "" if value is None else str(value)
