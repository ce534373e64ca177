"""Excel workbooks: which tables they hold, and the rows of one as text."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bank_marketing.errors import UserError
from bank_marketing.importing.converting import WHOLE_NUMBERS, kind_of
from bank_marketing.importing.finding import SMALL_MEMBER, refuse_ratio
from bank_marketing.importing.reading import LONGEST_LINE
from bank_marketing.importing.values import SERIALS
from bank_marketing.seeds.formats import ColumnFormat

# What openpyxl raises on damaged workbooks beside its own; SyntaxError is its XML parser's.
DAMAGES = (zipfile.BadZipFile, zlib.error, SyntaxError, KeyError, ValueError, OSError)
# A sheet is read row by row, the texts that sheets share are held in memory.
LARGEST_SHEET = 2_000_000_000
LARGEST_SHARED = 200_000_000
DATED = ("day", "moment", "date", "month and year")


def sheet_starts(path: Path, rows: int) -> dict[str, list[list[str]]]:
    """Read the first rows of each sheet of a workbook."""
    starts = {}
    with _open_workbook(path) as book:
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            starts[sheet.title] = [_names(row) for row in sheet.iter_rows(max_row=rows, values_only=True)]
    return starts


def sheet_rows(
    path: Path, sheet_name: str, rows_above: int, columns: Sequence[ColumnFormat | None]
) -> Iterator[list[str]]:
    """Read the table in a sheet as text."""
    types = [column.data_type if column else "" for column in columns]
    dated = [column is not None and kind_of(column) in DATED for column in columns]
    with _open_workbook(path) as book:
        sheet = book[sheet_name]
        sheet.reset_dimensions()
        rows = sheet.iter_rows(min_row=rows_above + 1, values_only=True)
        yield [_text(name, "") for name in _padded(next(rows), len(columns))]
        for row in rows:
            padded = [
                _day(value, book.epoch) if is_dated else value
                for value, is_dated in zip(_padded(row, len(columns)), dated, strict=True)
            ]
            values = [_text(value, data_type) for value, data_type in zip(padded, types, strict=True)]
            if any(values):
                yield values


@contextmanager
def _open_workbook(path: Path) -> Iterator[Any]:
    # Here, since most commands meet no workbook.
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        _refuse_bomb(path)
        # openpyxl judges a path by its ending, but an open file by its content.
        with path.open("rb") as file:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            try:
                yield book
            finally:
                book.close()
    except (InvalidFileException, *DAMAGES) as error:
        raise UserError(f"no readable Excel workbook ({error}). Download it again.") from error


def _refuse_bomb(path: Path) -> None:
    """Refuse what openpyxl would read into memory whole: shared texts, and any one text without an end."""
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            refuse_ratio(member)
            is_shared = "sharedStrings" in member.filename
            if member.file_size > (LARGEST_SHARED if is_shared else LARGEST_SHEET):
                raise UserError(
                    f"{member.filename} in the workbook has {member.file_size:,} bytes, too many to be read."
                    " Save the sheet as CSV."
                )
            if member.file_size > SMALL_MEMBER:
                _refuse_long_texts(archive, member)


def _refuse_long_texts(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    since = 0
    with archive.open(member) as file:
        while chunk := file.read(LONGEST_LINE):
            since = since + len(chunk) if b"<" not in chunk else len(chunk) - chunk.rfind(b"<")
            if since > LONGEST_LINE:
                raise UserError(
                    f"{member.filename} in the workbook has a text of over {LONGEST_LINE:,} bytes."
                )


def _names(row: Iterable[Any]) -> list[str]:
    names = [_text(cell, "") for cell in row]
    while names and not names[-1].strip():
        names.pop()
    return names


def _padded(row: Sequence[Any], width: int) -> list[Any]:
    return [*row, *[None] * width][:width]


def _day(value: Any, epoch: datetime) -> Any:
    """Read a day's number that isn't shown as a date: only the workbook says from which year it counts."""
    from openpyxl.utils.datetime import from_excel

    is_serial = isinstance(value, (int, float)) and SERIALS[0] <= value < SERIALS[1]
    return from_excel(value, epoch) if is_serial else value


def _text(value: Any, data_type: str) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        # Excel's fractions of a day miss the second by some microseconds.
        return (value + timedelta(milliseconds=500)).isoformat(sep=" ", timespec="seconds")
    if isinstance(value, float) and data_type.lower() in WHOLE_NUMBERS and value.is_integer():
        return str(int(value))
    return str(value)
