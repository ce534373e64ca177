"""Make a recognised file canonical, or find that it is, and lay it into the staging folder."""

from __future__ import annotations

import csv
import os
import re
import shutil
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from bank_marketing.errors import UserError
from bank_marketing.importing.finding import Candidate
from bank_marketing.importing.judging import MOST_UNREADABLE, Verdict, judge_columns
from bank_marketing.importing.profiling import Profile
from bank_marketing.importing.reading import (
    LONGEST_LINE,
    FileBytes,
    read_bytes,
    write_plain,
)
from bank_marketing.importing.recognising import Recognised, Table, code_list
from bank_marketing.importing.repeats import find_repeats
from bank_marketing.importing.values import has_lost_digits
from bank_marketing.importing.workbooks import sheet_rows
from bank_marketing.project import PROGRAM
from bank_marketing.seeds.line_counts import count_blank_lines
from bank_marketing.seeds.row_checks import broken_rules

SECONDS_BETWEEN_WORDS = 5.0
ENCODINGS = {"cp1252": "Windows-1252"}
# What keeps a line from being read; DuckDB lets an empty value too many pass.
ONE_TOO_MANY = "unreadable"
# What Python makes of bytes that are no UTF-8, if told to keep them (surrogateescape).
NO_UTF_8 = re.compile("[\udc80-\udcff]")


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
    notes : tuple of str
        What was converted, left out or missing.
    rows_in : int
        Rows in the found file, bad lines included.
    rows_out : int
        Rows in the canonical file, bad lines included.
    """

    rows: int
    bad_lines: int
    action: str
    notes: tuple[str, ...]
    rows_in: int
    rows_out: int


@dataclass
class _Source:
    """The file that DuckDB reads: the found one, or its content as plain CSV."""

    path: Path
    table: Table
    is_found: bool
    file_bytes: FileBytes
    notes: list[str] = field(default_factory=list)


@dataclass
class _Changes:
    """How many values of a column were rewritten, and the first of them."""

    count: int = 0
    first: str = ""


def prepare(
    recognised: Recognised, target: Path, seed_folder: Path, scratch: Path, *, copy: bool
) -> Prepared:
    """Lay a recognised file into the staging folder.

    Parameters
    ----------
    recognised : Recognised
        The found file and what it is.
    target : Path
        Where to lay it; a link made here must hold at the final place, too, so both lie equally deep.
    seed_folder : Path
        The folder that the file is meant for, to tell whether a link may lead there.
    scratch : Path
        Folder for intermediate files, on the file system of the target.
    copy : bool
        Never link.

    Returns
    -------
    Prepared
        Rows and what was done.

    Raises
    ------
    UserError
        If the file has no rows, is cut off, can't be read, or a column can't be read without guessing.
    """
    candidate, seed_format = recognised.candidate, recognised.format
    source = _plain_source(recognised, scratch / f"plain-{seed_format.name}")
    profile = Profile(
        source.path,
        candidate.label,
        delimiter=source.table.delimiter,
        rows_above=source.table.rows_above,
        width=len(recognised.columns),
        lines=source.file_bytes.lines,
        scratch=scratch,
        bad_letters=source.file_bytes.bad_letters,
    )
    try:
        _refuse_lost_lines(profile, source)
        if profile.rows == 0 and not seed_format.may_be_empty:
            raise UserError(f"{candidate.label}: a header, but no rows after it. Download it again.")
        verdicts = judge_columns(profile, recognised.columns, source.table.delimiter)
    finally:
        profile.close()
    _refuse_columns(recognised, verdicts)
    notes = [*source.notes, *_notes(recognised, verdicts)]
    if profile.swallowed_lines:
        # Two stray marks close each other: no line is lost from the count of lines, but rows are.
        notes.append(
            f"line {profile.first_swallowing:,}: a quotation mark opens there and takes in lines after it;"
            f" {profile.swallowed_lines:,} more than the rows counted here can't be read. Close it, or write"
            " it twice if it belongs to the text"
        )
    rows_in = profile.rows + profile.bad_lines
    headers = [column.header if column else None for column in recognised.columns]
    is_canonical = source.table == Table(tuple(source.table.header), sheet=source.table.sheet)
    is_canonical = is_canonical and list(source.table.header) == headers
    # dbt reads small seeds itself, and nothing but UTF-8.
    is_canonical = is_canonical and not source.file_bytes.bad_letters
    if is_canonical and not any(verdict.convert for verdict in verdicts):
        action = _place_csv(candidate, source, target, seed_folder, copy=copy)
        return Prepared(profile.rows, profile.bad_lines, action, tuple(notes), rows_in, rows_in)
    rows_out, changes = _write_canonical(recognised, source, verdicts, target)
    if rows_out != rows_in:
        raise UserError(
            f"{candidate.label}: {rows_in:,} rows were read and {rows_out:,} written, so a quotation mark is"
            " not where it should be. Save the file again with every text in quotation marks."
        )
    notes += [
        f"{column.header.strip()}: {change.count:,} values rewritten, the first {change.first}"
        for column, change in zip(recognised.columns, changes, strict=True)
        if column and change.count
    ]
    return Prepared(profile.rows, profile.bad_lines, "converted from", tuple(notes), rows_in, rows_out)


def _plain_source(recognised: Recognised, plain: Path) -> _Source:
    """Make CSV in UTF-8 of what is none."""
    candidate, table = recognised.candidate, recognised.table
    if candidate.kind == "csv":
        file_bytes = read_bytes(candidate.path, candidate.label)
        notes = [f"values parted by {table.delimiter!r}"] if table.delimiter != "," else []
        notes += [f"the header is on line {table.rows_above + 1}"] if table.rows_above else []
        if file_bytes.bad_letters:
            notes.append(
                f"letters that are no UTF-8: {file_bytes.bad_letters:,}, the first in {file_bytes.example}"
            )
        if file_bytes.is_plain:
            return _Source(candidate.path, table, True, file_bytes, notes)
        if file_bytes.encoding != "utf-8":
            name = ENCODINGS.get(file_bytes.encoding, file_bytes.encoding.upper())
            notes.append(f"read as {name}" + (f": {file_bytes.example}" if file_bytes.example else ""))
        if not file_bytes.has_one_line_end and file_bytes.lines:
            notes.append("line ends made alike")
        write_plain(candidate.path, plain, file_bytes.encoding, candidate.label)
        return _Source(plain, table, False, read_bytes(plain, candidate.label), notes)
    notes = [f"sheet {table.sheet!r}"] if table.sheet else []
    notes += [f"the header is on row {table.rows_above + 1}"] if table.rows_above else []
    _write_csv(plain, _rows(recognised))
    return _Source(plain, Table(table.header), False, read_bytes(plain, candidate.label), notes)


def _rows(recognised: Recognised) -> Iterator[Sequence[str]]:
    """Yield header and rows of what is no CSV file."""
    candidate, table = recognised.candidate, recognised.table
    if table.sheet is None:
        yield table.header
        yield from code_list(candidate) or []
        return
    try:
        yield from sheet_rows(candidate.path, table.sheet, table.rows_above, recognised.columns)
    except UserError as error:
        raise UserError(f"{candidate.label}: {error}") from error


def _refuse_lost_lines(profile: Profile, source: _Source) -> None:
    lines = source.file_bytes.lines
    if lines == profile.rows + profile.bad_lines + profile.rows_above + 1:
        return
    lost = profile.lost_lines(lines, count_blank_lines(source.path, profile.rows_above + 1))
    if lost > 0:
        raise UserError(
            f"{profile.label}: {lost:,} of {lines:,} lines would be lost: a quotation mark opens and doesn't"
            " close. Close it, or download the file again."
        )


def _refuse_columns(recognised: Recognised, verdicts: Sequence[Verdict]) -> None:
    problems = [
        f"{recognised.candidate.label}"
        + (f", column {column.header.strip()}" if column else "")
        + f": {verdict.problem}"
        for column, verdict in zip(recognised.columns, verdicts, strict=True)
        if verdict.problem
    ]
    if problems:
        raise UserError("\n  ".join(problems))


def _notes(recognised: Recognised, verdicts: Sequence[Verdict]) -> list[str]:
    notes = []
    for name, column, verdict in zip(recognised.table.header, recognised.columns, verdicts, strict=True):
        if column and name != column.header:
            notes.append(f"column {name!r} named {column.header!r}")
        if verdict.note:
            notes.append(verdict.note if column is None else f"{column.header.strip()}: {verdict.note}")
    present = {column.name for column in recognised.columns if column}
    notes += [
        f"without {column.header.strip()}, which is optional: nothing is known of it"
        for column in recognised.format.columns
        if column.name not in present
    ]
    return list(dict.fromkeys(notes))


def judge_keys(prepared: Prepared, recognised: Recognised, target: Path, scratch: Path) -> Prepared:
    """Note the rows that the build will put aside for their key; refuse a file that has too many of them.

    Parameters
    ----------
    prepared : Prepared
        What was made of the file.
    recognised : Recognised
        The found file and what it is.
    target : Path
        The canonical file.
    scratch : Path
        Folder for what doesn't fit into memory.

    Returns
    -------
    Prepared
        With a note if a key is there more than once.

    Raises
    ------
    UserError
        If more than one of a hundred rows repeat a key.
    """
    has_bad_lines = prepared.bad_lines > 0
    repeats = find_repeats(target, recognised.format, scratch, has_bad_lines=has_bad_lines)
    rows = prepared.rows_out
    if repeats.count > max(1, int(rows * MOST_UNREADABLE)):
        raise UserError(
            f"{recognised.candidate.label}, {repeats.headers}: {repeats.count:,} of {rows:,} rows repeat a"
            f" key ({repeats.example}), at most {MOST_UNREADABLE:.0%} may. Take the copies out, or download"
            " the file again: it may have been appended to itself."
        )
    if not repeats.count:
        return prepared
    aside = f"{repeats.count:,} row{'s' * (repeats.count > 1)} ({repeats.example})"
    note = f"{repeats.reason}: the build will put aside {aside}"
    return replace(prepared, notes=(*prepared.notes, note))


def judge_rows(prepared: Prepared, recognised: Recognised, target: Path, scratch: Path) -> Prepared:
    """Note the rows that the build will put aside for a value; refuse a file that has too many of them.

    Parameters
    ----------
    prepared : Prepared
        What was made of the file.
    recognised : Recognised
        The found file and what it is.
    target : Path
        The canonical file.
    scratch : Path
        Folder for what doesn't fit into memory.

    Returns
    -------
    Prepared
        With a note for each rule that a row breaks.

    Raises
    ------
    UserError
        If more than one of a hundred rows can't be split or break what is declared.
    """
    has_bad_lines = prepared.bad_lines > 0
    broken = broken_rules(target, recognised.format, scratch, has_bad_lines=has_bad_lines)
    rows = prepared.rows_out
    bad = prepared.bad_lines + sum(rule.rows for rule in broken)
    if broken and bad > max(1, int(rows * MOST_UNREADABLE)):
        raise UserError(
            f"{recognised.candidate.label}: the build would refuse it: {bad:,} of {rows:,} rows break what"
            f" `{PROGRAM} formats {recognised.format.name}` says; at most {MOST_UNREADABLE:.0%} may:"
            + "".join(f"\n    {rule}" for rule in broken)
            + "\n    Mend them in the file, or say in a mapping how they are meant"
            + f" ({PROGRAM} import --propose)."
        )
    notes = [f"{rule}: the build will put {'them' if rule.rows > 1 else 'it'} aside" for rule in broken]
    return replace(prepared, notes=(*prepared.notes, *notes))


def _place_csv(candidate: Candidate, source: _Source, target: Path, seed_folder: Path, *, copy: bool) -> str:
    if not source.is_found:
        source.path.replace(target)
        return "converted from"
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


def _write_canonical(
    recognised: Recognised, source: _Source, verdicts: Sequence[Verdict], target: Path
) -> tuple[int, list[_Changes]]:
    """Write the declared columns with converted values; return the rows and what was changed by column."""
    columns, width = recognised.columns, len(recognised.columns)
    kept = [n for n, column in enumerate(columns) if column]
    cached = [lru_cache(maxsize=1 << 16)(v.convert) if v.convert else None for v in verdicts]
    changes = [_Changes() for _ in columns]

    def rows() -> Iterator[Sequence[str]]:
        yield [column.header for column in columns if column]
        for line, row in _read_rows(source, recognised.candidate.label):
            is_damaged = source.file_bytes.bad_letters > 0 and NO_UTF_8.search("".join(row)) is not None
            row = [NO_UTF_8.sub("\ufffd", value) for value in row] if is_damaged else row
            if len(row) != width:
                # It must stay a line that can't be read, whatever was left out of the others.
                yield [*row, ONE_TOO_MANY] if len(row) == len(kept) else row
                continue
            if is_damaged:
                yield [*(row[n] for n in kept), ONE_TOO_MANY]
                continue
            for n, convert in enumerate(cached):
                if convert and row[n]:
                    _convert(row, n, convert, changes[n], f"{recognised.candidate.label}, line {line}")
            yield [row[n] for n in kept]

    return _write_csv(target, rows()), changes


def _convert(row: list[str], n: int, convert: object, change: _Changes, place: str) -> None:
    value = convert(row[n])  # type: ignore[operator]
    if value is None and has_lost_digits(row[n]):
        raise UserError(
            f"{place}: a spreadsheet has dropped digits of {row[n]!r}. Export the column as text."
        )
    if value is not None and value != row[n]:
        if not change.count:
            change.first = f"{row[n]!r} as {value!r} ({place.rsplit(', ', 1)[1]})"
        change.count += 1
        row[n] = value


def _read_rows(source: _Source, label: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(LONGEST_LINE)
    said = time.monotonic()
    with source.path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        for _ in range(source.table.rows_above):
            file.readline()
        reader = csv.reader(file, delimiter=source.table.delimiter)
        next(reader, None)
        try:
            for number, row in enumerate(filter(None, reader)):
                yield reader.line_num + source.table.rows_above, row
                if number % 100_000 == 0 and time.monotonic() - said > SECONDS_BETWEEN_WORDS:
                    print(f"Converting {label}: {number:,} rows so far ...", file=sys.stderr, flush=True)
                    said = time.monotonic()
        except csv.Error as error:
            line = reader.line_num + source.table.rows_above
            raise UserError(
                f"{label}, line {line}: no readable CSV ({error}). Download the file again."
            ) from error


def _write_csv(target: Path, lines: Iterable[Sequence[str]]) -> int:
    """Write header and rows; return how many rows there are."""
    rows = -1  # the first line is the header
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for line in lines:
            writer.writerow(line)
            rows += 1
    return rows
