"""The words of ``bank-marketing export``: a published list as a file, noted so that nobody is asked twice."""

from __future__ import annotations

import argparse
import hashlib
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from bank_marketing.errors import UserError
from bank_marketing.serving.current_lists import CurrentList, current_list
from bank_marketing.serving.export_log import Export, log_path, only_export
from bank_marketing.serving.lists import LISTS, PublishedList
from bank_marketing.serving.permissions import is_of_checkout
from bank_marketing.serving.published import ANEW, attach_published
from bank_marketing.serving.published_file import add_warehouse, published_file
from bank_marketing.serving.spreadsheets import harmless
from bank_marketing.serving.writing import refuse_output, whole_file
from bank_marketing.sql_text import sql_text

# The build reads the log beside its own published file.
ELSEWHERE = ": add its new lines to the log where this file was published, or the next list names them again"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of ``export`` to its parser.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        The sub-parser.
    """
    parser.add_argument("list", choices=list(LISTS), metavar="LIST", help=", ".join(LISTS))
    parser.add_argument("--format", choices=["csv", "parquet"], default="csv", help="csv by default")
    parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="file to write")
    parser.add_argument("--overwrite", action="store_true", help="replace the output if it is there")
    parser.add_argument("--expired-too", action="store_true", help="export a list that is no longer valid")
    add_warehouse(parser, "published file with the list")


def run(args: argparse.Namespace) -> int:
    """Export a list.

    Parameters
    ----------
    args : argparse.Namespace
        list, format, output, overwrite, expired_too and warehouse.

    Returns
    -------
    int
        0; what doesn't fit is a `UserError`.
    """
    warehouse = published_file(args.warehouse)
    log = log_path(warehouse)
    refuse_output(args.output, log, warehouse, overwrite=args.overwrite)
    said = export_list(
        LISTS[args.list],
        warehouse,
        args.output,
        file_format=args.format,
        expired_too=args.expired_too,
        now=datetime.now(UTC).replace(tzinfo=None),
    )
    print("\n".join(said))
    return 0


def export_list(
    published: PublishedList,
    warehouse: Path,
    output: Path,
    *,
    file_format: str,
    expired_too: bool,
    now: datetime,
) -> list[str]:
    """Write a list to a file and note it.

    The note is on the disk before the file has its name: whoever is handed over was noted.

    Parameters
    ----------
    published : PublishedList
        The list.
    warehouse : Path
        The published file; only read.
    output : Path
        The file to write.
    file_format : str
        csv or parquet.
    expired_too : bool
        Whether a list that is no longer valid will do.
    now : datetime
        The moment, in UTC, without zone.

    Returns
    -------
    list of str
        What the user should know.

    Raises
    ------
    UserError
        If the list isn't there or no longer valid, permissions can't be read or the export can't be noted.
    """
    path = log_path(warehouse)
    with only_export(path) as log, duckdb.connect() as connection:
        attach_published(connection, warehouse)
        current = current_list(connection, published, warehouse, log.exports, now.date())
        is_expired = current.valid_until is not None and current.valid_until < now.date()
        if is_expired and not expired_too:
            raise UserError(
                f"{warehouse}: {published.name} was valid until {current.valid_until}. {ANEW}, or add"
                " --expired-too"
            )
        with whole_file(output) as temporary:
            changed = _write(connection, temporary, file_format)
            export = Export(
                export_id=uuid.uuid4().hex,
                exported_at=now.isoformat(timespec="microseconds"),
                domain=published.domain,
                list_name=published.name,
                publication=current.publication,
                file_format=file_format,
                is_expired=is_expired,
                rows_exported=len(current.customers),
                rows_left_out=current.forbidden + current.just_exported,
                sha256=hashlib.sha256(temporary.read_bytes()).hexdigest(),
                customers=current.customers,
            )
            earlier = [other for other in log.exports if other.list_name == published.name]
            log.add(export)
    noted = f"Noted in {path}" + ("" if is_of_checkout(warehouse) else ELSEWHERE)
    return [*_said(output, export, current, changed), *_before(export, earlier), noted]


def _write(connection: duckdb.DuckDBPyConnection, path: Path, file_format: str) -> int:
    """Write the table ``exported``; return how many texts were made harmless for that."""
    columns, changed = [], []
    for name, kind in connection.execute(
        "select column_name, column_type from (describe exported)"
    ).fetchall():
        if file_format == "csv" and kind == "VARCHAR":
            columns.append(f"{harmless(name)} as {name}")
            changed.append(f"count(*) filter (where {harmless(name)} <> {name})")
        elif file_format == "csv" and kind == "BOOLEAN":
            # As pandas and Python write it.
            columns.append(f"case {name} when true then 'True' when false then 'False' end as {name}")
        else:
            columns.append(name)
    form = "csv, header" if file_format == "csv" else "parquet"
    connection.execute(
        f"copy (select {', '.join(columns)} from exported) to {sql_text(str(path))}"
        f" (format {form}, use_tmp_file false)"
    )
    return int(connection.execute(f"select {' + '.join(changed) or '0'} from exported").fetchall()[0][0])


def _said(output: Path, export: Export, current: CurrentList, changed: int) -> list[str]:
    until = f", valid until {current.valid_until}" if current.valid_until else ""
    read = (
        " and ".join(map(str, current.lookups)) or "the published file alone, since there is no checkout here"
    )
    lines = [
        f"{output}: {_rows(export.rows_exported)} of {export.list_name}, publication"
        f" {export.publication}{until}",
        f"  sha256 {export.sha256}",
        f"  permissions as of now by {read}",
    ]
    if export.is_expired:
        lines.append("  the list has expired")
    if current.forbidden:
        lines.append(
            f"  left out: {_rows(current.forbidden)}, since these customers may no longer be contacted"
        )
    if current.just_exported:
        lines.append(
            f"  left out: {_rows(current.just_exported)}, exported of an earlier list while this one was made"
        )
    if changed:
        lines.append(f"  {changed:,} texts that a spreadsheet would run as a formula begin with ' now")
    if not export.rows_exported:
        lines.append("  nobody is on it")
    return lines


def _before(export: Export, earlier: list[Export]) -> list[str]:
    """Say what else was exported of the list in the week that it is valid for."""
    week = (datetime.fromisoformat(export.exported_at) - timedelta(days=7)).isoformat()
    recent = [other for other in earlier if other.exported_at > week and other.rows_exported]
    same = [other for other in recent if other.publication == export.publication]
    others = sum(other.rows_exported for other in recent if other.publication != export.publication)
    lines = []
    if same:
        lines.append(f"  this list was exported before, on {same[-1].exported_at[:10]}: contact nobody twice")
    if others:
        lines.append(
            f"  within seven days {_rows(others)} of other publications were exported: limits a week count"
            " for each publication alone"
        )
    return lines


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"
