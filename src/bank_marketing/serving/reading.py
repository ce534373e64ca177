"""A file of customers, read as the importer reads it and checked as the seed loader checks it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from bank_marketing.errors import UserError
from bank_marketing.importing.finding import Candidate, find_candidates
from bank_marketing.importing.opening import Table, possible_tables
from bank_marketing.importing.preparing import prepare
from bank_marketing.importing.reading import wide_encoding
from bank_marketing.importing.recognising import Recognised, column_by_name, is_nameless
from bank_marketing.importing.values import kind_of
from bank_marketing.project import PROGRAM
from bank_marketing.seeds.formats import ColumnFormat, SeedFormat
from bank_marketing.seeds.row_sql import read_text, select_rows

MOST_PROBLEMS = 20


@dataclass(frozen=True)
class CustomerFile:
    """A file that was loaded.

    Attributes
    ----------
    first_line : int
        Line of its first row.
    notes : tuple of str
        What was converted or left out.
    """

    first_line: int
    notes: tuple[str, ...]


def load_customers(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    seed_format: SeedFormat,
    *,
    outcome: str | None,
    needed: Collection[str],
    may_be_missing: bool,
) -> CustomerFile:
    """Load a file as a raw table of the declaration's name.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Where to make the table.
    path : Path
        CSV in any delimiter and encoding that the importer knows, workbook, or zip archive with one of them.
    seed_format : SeedFormat
        What the file must look like. Columns may stand in any order; others are left out.
    outcome : str or None
        Header of the outcome, which isn't asked for.
    needed : collection of str
        Headers that the model needs.
    may_be_missing : bool
        Whether values may be missing but for the key, and columns but for the key and those needed, and not
        only where the declaration says so.

    Returns
    -------
    CustomerFile
        Rows and what was done.

    Raises
    ------
    UserError
        If columns are missing or values can't be used, with all of them.
    """
    lenient = lenient_format(seed_format, outcome, needed, may_be_missing=may_be_missing)
    with tempfile.TemporaryDirectory(prefix="bank-marketing-") as folder:
        scratch = Path(folder, "unpacked")
        scratch.mkdir()
        candidate = _only_candidate(path, scratch)
        table, columns = _columns(candidate, lenient, seed_format, outcome, needed)
        target = Path(folder, "seeds", lenient.file_name)
        target.parent.mkdir()
        recognised = Recognised(replace(lenient, columns=_declared(lenient, columns)), table, columns)
        try:
            prepared = prepare(recognised, target, target.parent, scratch, copy=False)
        except UserError:
            # The importer stops at the columns that it can't read at all; the others may have faults, too.
            if candidate.kind == "csv" and table.delimiter == "," and not table.rows_above:
                shutil.copyfile(candidate.path, target)
                _load(connection, recognised, target)
            raise
        if prepared.rows_in == 0:
            raise UserError(f"{candidate.label}: a header, but no rows after it: there is nobody to score.")
        _load(connection, recognised, target, is_sound=prepared.is_sound)
    left_out = [column.header for column in columns if column and column not in lenient.columns]
    notes = [note for note in prepared.notes if not note.startswith("without ")]
    notes += [f"left out, since no model reads it: {', '.join(left_out)}"] if left_out else []
    return CustomerFile(table.rows_above + 2, tuple(notes))


def _load(
    connection: duckdb.DuckDBPyConnection, recognised: Recognised, target: Path, *, is_sound: bool = False
) -> None:
    """Load a canonical file by the seed loader's own SQL, and refuse what that would reject."""
    known = ", null as rejection_reason" if is_sound else ""
    first_line = recognised.table.rows_above + 2
    names = [column.name for column in recognised.columns if column]
    rows = select_rows(recognised.format, names, read_text(str(target), names, "rejects"))
    connection.execute(
        f'create table "{recognised.format.name}" as'
        f" select * replace (row_number() over () as source_line{known}) from ({rows})"
    )
    again = read_text(str(target), names, "rejects_again")
    problems = _unread_lines(connection, first_line)
    problems += _bad_values(connection, recognised.format, again, first_line)
    if problems:
        raise UserError(
            f"{recognised.table.candidate.label}: nothing was scored, since values can't be used:\n  "
            + "\n  ".join(problems)
            + "\nMend them, or take the rows out."
        )
    connection.execute(f'alter table "{recognised.format.name}" drop column rejection_reason')


def lenient_format(
    seed_format: SeedFormat, outcome: str | None, needed: Collection[str], *, may_be_missing: bool
) -> SeedFormat:
    """Let values be missing but in the key; as a whole the outcome, and what the model doesn't need.

    Parameters
    ----------
    seed_format : SeedFormat
        The raw file as it is declared.
    outcome, needed, may_be_missing
        See `load_customers`.

    Returns
    -------
    SeedFormat
        What a file of customers must look like.
    """
    columns = tuple(
        replace(
            column,
            is_required=column.is_required and (column.name in seed_format.unique_key or not may_be_missing),
            is_optional=column.is_optional
            or column.header == outcome
            or (may_be_missing and column.name not in seed_format.unique_key and column.header not in needed),
        )
        for column in seed_format.columns
    )
    return replace(seed_format, columns=columns, may_be_empty=True)


def _only_candidate(path: Path, scratch: Path) -> Candidate:
    if path.is_dir():
        raise UserError(
            f"{path}: a folder, expected a file with a row for each customer. Name one of its files."
        )
    if not path.is_file():
        raise UserError(f"{path}: no such file, expected one with a row for each customer.")
    candidates = list(find_candidates([path], scratch))
    if len(candidates) != 1:
        raise UserError(f"{path}: found {len(candidates)} tables in it, expected one. Name the file itself.")
    if candidates[0].kind == "unreadable":
        raise UserError(f"{path}: {candidates[0].problem}")
    if candidates[0].kind == "json":
        raise UserError(f"{path}: JSON, expected a CSV file.")
    if candidates[0].kind == "csv" and _is_binary(candidates[0].path):
        raise UserError(f"{path}: it holds zero bytes, so it is no text. Name a CSV file.")
    return candidates[0]


def _is_binary(path: Path) -> bool:
    with path.open("rb") as file:
        return b"\0" in file.read(1 << 16) and wide_encoding(path) is None


def _columns(
    candidate: Candidate,
    lenient: SeedFormat,
    seed_format: SeedFormat,
    outcome: str | None,
    needed: Collection[str],
) -> tuple[Table, tuple[ColumnFormat | None, ...]]:
    """Find the header and tell what each column is; names that aren't declared become texts of no meaning."""
    tables = list(possible_tables(candidate))
    known = column_by_name(lenient)
    likeliest = max(
        tables, key=lambda table: sum(known(name) is not None for name in table.header), default=None
    )
    header = likeliest.header if likeliest else ()
    columns = tuple(
        None if is_nameless(name) else known(name) or _foreign(name, n) for n, name in enumerate(header)
    )
    found = [column.header for column in columns if column]
    wanted = [c.header for c in lenient.columns if not c.is_optional or c.header in needed]
    missing = [name.strip() for name in wanted if name not in found]
    repeated = sorted({name.strip() for name in found if found.count(name) > 1})
    if likeliest is None or missing or repeated:
        declared = {column.header for column in lenient.columns}
        foreign = [name for name in found if name not in declared]
        raise UserError(
            f"{candidate.label}, line {likeliest.rows_above + 1 if likeliest else 1}: the header doesn't do"
            f" for {seed_format.kaggle_file or seed_format.file_name}."
            f"\n  expected: {', '.join(name.strip() for name in wanted)}"
            f"\n  found:    {', '.join(header)}"
            + (f"\n  missing:  {', '.join(missing)}" if missing else "")
            + (f"\n  repeated: {', '.join(repeated)}" if repeated else "")
            + (f"\n  unknown:  {', '.join(foreign)}" if foreign else "")
            + f"\nName the columns as expected; {PROGRAM} formats says what each one holds."
        )
    return likeliest, columns


def _foreign(name: str, number: int) -> ColumnFormat:
    return ColumnFormat(
        name=f"left_out_{number}",
        header=name,
        aliases=(),
        description="Not declared; nothing reads it.",
        data_type="varchar",
        is_required=False,
        is_optional=True,
        is_personal=False,
        text_format=None,
        unit=None,
        minimum=None,
        maximum=None,
        allowed_values=(),
        example=None,
    )


def _declared(lenient: SeedFormat, columns: Sequence[ColumnFormat | None]) -> tuple[ColumnFormat, ...]:
    foreign = [column for column in columns if column and column not in lenient.columns]
    return (*lenient.columns, *foreign)


def _unread_lines(connection: duckdb.DuckDBPyConnection, first_line: int) -> list[str]:
    unread = connection.execute(
        "select count(distinct line), min(line), min(lower(replace(cast(error_type as varchar), '_', ' ')))"
        " from rejects"
    ).fetchall()[0]
    if not unread[0]:
        return []
    return [
        f"{unread[0]:,} lines that can't be split into the columns of the header, the first is line"
        f" {unread[1] + first_line - 2}: {unread[2]}"
    ]


def _bad_values(
    connection: duckdb.DuckDBPyConnection, seed_format: SeedFormat, text: str, first_line: int
) -> list[str]:
    """Say each reason of the seed loader with the first value that it was found for."""
    reasons = connection.execute(
        f'select rejection_reason, count(*), min(source_line) from "{seed_format.name}"'
        " where rejection_reason is not null group by 1 order by 2 desc, 1"
    ).fetchall()
    by_header = {column.header.strip(): column for column in seed_format.columns}
    said: list[str] = []
    for reason, rows, row in reasons[:MOST_PROBLEMS]:
        header, what = reason.rsplit(": ", 1)
        column = by_header[header]
        found = connection.execute(
            f'select "{column.name}" from ({text}) limit 1 offset {int(row) - 1}'.replace(
                "rejects_again", f"rejects_again_{len(said)}"
            )
        ).fetchall()[0][0]
        said.append(
            f"{header}: {what} in {rows:,} row{'s' if rows > 1 else ''}, the first on line"
            f" {row + first_line - 1}: found {'nothing' if found is None else repr(found)}, expected"
            f" {_expected(column)}"
        )
    if len(reasons) > MOST_PROBLEMS:
        said.append(f"and {len(reasons) - MOST_PROBLEMS} more kinds")
    return said


def _expected(column: ColumnFormat) -> str:
    if column.allowed_values:
        return f"one of {', '.join(map(str, column.allowed_values))}"
    words = f"a {kind_of(column)}"
    if column.minimum is not None and column.maximum is not None:
        return f"{words} from {column.minimum} to {column.maximum}"
    if column.minimum is not None:
        return f"{words} of at least {column.minimum}"
    if column.not_zero:
        return f"{words} other than 0"
    return words if column.maximum is None else f"{words} of at most {column.maximum}"
