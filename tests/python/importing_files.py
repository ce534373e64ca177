"""What tests of the importers write: tables of text, workbooks, tables of cases."""

import csv
import io
import re
from pathlib import Path

import openpyxl
from project_copies import REPOSITORY

from bank_marketing.seeds.formats import read_formats

FORMATS = {f.name: f for f in read_formats(REPOSITORY / "seeds" / "formats")}
KAGGLE_FORMATS = {name: f for name, f in FORMATS.items() if f.kaggle_file}
SAMPLE = REPOSITORY / "seeds" / "sample"


def cases(text: str) -> list[list[str]]:
    r"""Take a table of cases apart: one on each line, its cells parted by |, \n for a line's end.

    A line that begins with | goes on with the case before it, one that begins with # is a remark.
    """
    text = re.sub(r"\n\s*\|", " |", text)
    lines = [line for line in text.strip("\n").splitlines() if line.strip() and line[0] != "#"]
    return [[cell.strip().replace("\\n", "\n") for cell in f"{line} ".split(" | ")] for line in lines]


def csv_text(rows: list[list[str]], delimiter: str = ",", end: str = "\n") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    return text.getvalue()


def number_or_text(value: object) -> object:
    """Return what a spreadsheet holds for a value."""
    for kind in (int, float) if isinstance(value, str) else ():
        try:
            return kind(value)
        except ValueError:
            pass
    return value or None


def write_workbook(path: Path, *sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def files(folder: Path) -> dict[str, str]:
    """Map every file and link below a folder to its content or its target."""
    return {
        str(path.relative_to(folder)): str(path.readlink()) if path.is_symlink() else path.read_bytes().hex()
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or path.is_file()
    }
