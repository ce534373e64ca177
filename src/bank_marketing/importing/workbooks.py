"""Excel workbooks: which tables they hold, and the rows of one as text."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from bank_marketing.errors import UserError
from bank_marketing.formats import SeedFormat

# What openpyxl raises on damaged workbooks; SyntaxError is its XML parser's.
DAMAGES = (InvalidFileException, zipfile.BadZipFile, zlib.error, SyntaxError, KeyError, ValueError, OSError)
WHOLE_NUMBERS = ("integer", "bigint", "smallint", "tinyint", "hugeint")


def sheet_headers(path: Path) -> dict[str, list[str]]:
    """Read the first row of each sheet of a workbook.

    Parameters
    ----------
    path : Path
        The workbook, whatever its name ends in.

    Returns
    -------
    dict of str to list of str
        By name of the sheet its first row, without empty cells at the end.

    Raises
    ------
    UserError
        If the workbook can't be read.
    """
    with _open_workbook(path) as book:
        return {sheet.title: _first_row(sheet) for sheet in book.worksheets}


def sheet_rows(path: Path, sheet_name: str, seed_format: SeedFormat) -> Iterator[list[str]]:
    """Read a sheet that has the header of a raw file.

    Parameters
    ----------
    path : Path
        The workbook.
    sheet_name : str
        Name of the sheet.
    seed_format : SeedFormat
        What the sheet must look like.

    Yields
    ------
    list of str
        The header, then each row that isn't empty. A whole number is written as one where the column declares
        it, since Excel knows no whole numbers; what stands beyond the header's columns is left out.

    Raises
    ------
    UserError
        If the workbook can't be read.
    """
    types = {column.header: column.data_type for column in seed_format.columns}
    with _open_workbook(path) as book:
        header = _first_row(book[sheet_name])
        yield header
        for row in book[sheet_name].iter_rows(min_row=2, values_only=True):
            padded = [*row, *[None] * len(header)]
            values = [_text(value, types[name]) for value, name in zip(padded, header, strict=False)]
            if any(values):
                yield values


@contextmanager
def _open_workbook(path: Path) -> Iterator[Any]:
    try:
        # openpyxl judges a path by its ending, but an open file by its content.
        with path.open("rb") as file:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            try:
                yield book
            finally:
                book.close()
    except DAMAGES as error:
        raise UserError(f"no readable Excel workbook ({error}). Download it again.") from error


def _first_row(sheet: Any) -> list[str]:
    sheet.reset_dimensions()
    cells: Iterable[Any] = next(sheet.iter_rows(max_row=1, values_only=True), ())
    names = ["" if cell is None else str(cell) for cell in cells]
    while names and not names[-1]:
        names.pop()
    return names


def _text(value: Any, data_type: str) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and data_type.lower() in WHOLE_NUMBERS and value.is_integer():
        return str(int(value))
    return str(value)
