"""Read a recognised file and lay it into the staging folder under its canonical name."""

from __future__ import annotations

import csv
import glob
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from bank_marketing.errors import UserError
from bank_marketing.importing.finding import Candidate
from bank_marketing.importing.recognising import Recognised, code_list, csv_header
from bank_marketing.importing.workbooks import sheet_rows


@dataclass(frozen=True)
class Prepared:
    """What was made of a recognised file.

    Attributes
    ----------
    rows : int
        Rows in the canonical file that can be read.
    bad_lines : int
        Lines that can't be split into the declared columns; the build quarantines them.
    action : str
        linked to, copied from, unpacked from or converted from.
    """

    rows: int
    bad_lines: int
    action: str


def prepare(recognised: Recognised, target: Path, seed_folder: Path, *, copy: bool) -> Prepared:
    """Lay a recognised file into the staging folder.

    Parameters
    ----------
    recognised : Recognised
        The found file and what it is.
    target : Path
        Where to lay it; a link made here must hold at the final place, too, so both lie equally deep.
    seed_folder : Path
        The folder that the file is meant for, to tell whether a link may lead there.
    copy : bool
        Never link.

    Returns
    -------
    Prepared
        Rows and what was done.

    Raises
    ------
    UserError
        If the file has no rows, is cut off or can't be read.
    """
    candidate = recognised.candidate
    if candidate.kind == "csv":
        count = count_rows(candidate)
        action = _place_csv(candidate, target, seed_folder, copy=copy)
    else:
        count = (_write_csv(target, _converted(recognised)), 0)
        action = "converted from"
    if count[0] == 0 and not recognised.format.may_be_empty:
        raise UserError(f"{candidate.label}: a header, but no rows after it. Download it again.")
    return Prepared(*count, action)


def count_rows(candidate: Candidate) -> tuple[int, int]:
    """Count the rows of a CSV file with the reader that loads it later, in bounded memory.

    Parameters
    ----------
    candidate : Candidate
        The file.

    Returns
    -------
    rows : int
        Rows that can be read.
    bad_lines : int
        Lines with too few or too many values, unclosed quotes or no UTF-8.

    Raises
    ------
    UserError
        If the last line is cut off, or the reader can't read the file at all.
    """
    names = {f"column_{number}": "varchar" for number in range(len(csv_header(candidate.path)))}
    with duckdb.connect() as connection:
        try:
            rows = connection.execute(
                "select count(*) from read_csv($path, columns = $names, header = true, auto_detect = false,"
                " delim = ',', quote = '\"', escape = '\"', store_rejects = true,"
                " rejects_table = 'rejected')",
                {"path": glob.escape(str(candidate.path)), "names": names},
            ).fetchall()[0][0]
        except duckdb.Error as error:
            reason = str(error).splitlines()[0]
            raise UserError(
                f"{candidate.label}: no readable CSV file ({reason}). Download it again."
            ) from error
        rejected = connection.execute(
            "select line, any_value(csv_line), min(cast(error_type as varchar)) from rejected"
            " group by line order by line"
        ).fetchall()
    if rejected and rejected[-1][0] > rows + len(rejected):  # the header is line 1
        line, text, error_type = rejected[-1]
        raise UserError(
            f"{candidate.label}, line {line}: the last line is cut off ({error_type.lower()}: found"
            f" {text.strip()[:100]!r}, expected {len(names)} values). Download the file again."
        )
    return rows, len(rejected)


def _place_csv(candidate: Candidate, target: Path, seed_folder: Path, *, copy: bool) -> str:
    if candidate.is_extracted:
        candidate.path.replace(target)
        return "unpacked from"
    # Relative, since dbt writes below target/run/<path of the seed>; an absolute path is the input itself.
    if not copy and candidate.path.stat().st_dev == seed_folder.stat().st_dev:
        try:
            target.symlink_to(os.path.relpath(candidate.path.resolve(), target.parent.resolve()))
            return "linked to"
        except OSError:  # a file system without links
            pass
    shutil.copyfile(candidate.path, target)
    return "copied from"


def _converted(recognised: Recognised) -> Iterator[Sequence[str]]:
    """Yield header and rows of what is no CSV file."""
    candidate, seed_format = recognised.candidate, recognised.format
    if recognised.sheet is not None:
        try:
            yield from sheet_rows(candidate.path, recognised.sheet, seed_format)
        except UserError as error:
            raise UserError(f"{candidate.label}: {error}") from error
    else:
        yield seed_format.headers[:2]
        yield from code_list(candidate) or []


def _write_csv(target: Path, lines: Iterable[Sequence[str]]) -> int:
    """Write header and rows; return how many rows there are."""
    rows = -1  # the first line is the header
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for line in lines:
            writer.writerow(line)
            rows += 1
    return rows
