"""`bank-marketing status`: what is published, from which data, how old, what was rejected, what next."""

import argparse
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from bank_marketing.project import PROGRAM
from bank_marketing.seeds.cut_files import cut_file_warnings
from bank_marketing.serving.published_file import add_warehouse, published_file
from bank_marketing.sql_text import sql_text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own words to its parser.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        The sub-parser of ``status``.
    """
    add_warehouse(parser, "published file to look at")


def run(args: argparse.Namespace) -> int:
    """Print the state of the published file.

    Parameters
    ----------
    args : argparse.Namespace
        warehouse.

    Returns
    -------
    int
        0.
    """
    path = published_file(args.warehouse)
    # Connected in memory and attached: a connection to the path itself could be one that was open before.
    with duckdb.connect() as connection:
        connection.execute(f"attach {sql_text(str(path))} as warehouse (read_only)")
        connection.execute("use warehouse")
        print("\n".join(describe(connection, path, datetime.now(UTC).replace(tzinfo=None))))
    return 0


def describe(connection: duckdb.DuckDBPyConnection, path: Path, now: datetime) -> list[str]:
    """Return the lines that describe a published file.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        With the published file as default catalogue.
    path : Path
        The file, for the heading.
    now : datetime
        The moment (UTC, without zone) that ages are counted from.

    Returns
    -------
    list of str
        Lines of text.
    """
    version, published_at, commit, built, kept = connection.execute(
        # A file of an earlier release calls domains houses.
        "select version, published_at, git_commit, columns('(domains|houses)_built'),"
        " columns('(domains|houses)_kept') from operations.publications order by version desc limit 1"
    ).fetchall()[0]
    tables, rows = connection.execute(
        "select count(*), sum(estimated_size) from duckdb_tables() where database_name = current_database()"
    ).fetchall()[0]
    lines = [
        f"{path}: publication {version}, {_age(now - published_at, 'old')}"
        f" ({published_at:%Y-%m-%d %H:%M} UTC),"
        f" project at {commit[:12]}{' with changes' if commit.endswith('-dirty') else ''}",
        f"  domains built: {built}" + (f"; as published before: {kept}" if kept else ""),
        f"  {tables} tables, {rows:,} rows",
        "",
        "Data:",
    ]
    loads = connection.execute(
        "select domain, seed_name, file, rows_read, rows_rejected, is_refused from operations.seed_loads"
        " where seed_name like 'raw_%' order by domain, seed_name"
    ).fetchall()
    for domain, seed, file, read, rejected, is_refused in loads:
        state = "refused" if is_refused else f"{rejected:,} rejected"
        lines.append(f"  {domain:<13}{seed:<24}{read:>12,} rows, {state:<12} {file}")
    rejections = connection.execute(
        "select seed_name, reason, rejected_rows, first_line from operations.rejected_row_counts"
        " order by rejected_rows desc, seed_name, reason limit 10"
    ).fetchall()
    lines += ["", "Rejected rows:"] if rejections else ["", "Rejected rows: none"]
    lines += [f"  {n:>8,} x {seed}: {reason} (first on line {line})" for seed, reason, n, line in rejections]
    models = connection.execute(
        # A file of an earlier release says n_rows.
        "select domain, model_name, model_version, fitted_at, status, columns('^n(_rows)?$')"
        " from evaluation.model_registry"
        " qualify row_number() over (partition by model_name order by model_version desc) = 1"
        " order by domain, model_name"
    ).fetchall()
    lines += ["", "Models:"]
    lines += [
        f"  {domain:<13}{name:<28} version {version}, fitted {_age(now - fitted, 'ago')} on {n:,} rows"
        + ("" if state == "fitted" else f": {state.replace('_', ' ')}")
        for domain, name, version, fitted, state, n in models
    ]
    warnings = _cut_files(connection)
    return [
        *lines,
        *(["", "Warnings:", *warnings] if warnings else []),
        "",
        "Next:",
        *_advice(loads, rejections),
    ]


def _cut_files(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Say which raw files have far fewer rows than in the publication before, or break off."""
    if not connection.execute(
        "select 1 from duckdb_tables() where database_name = current_database()"
        " and table_name = 'publication_files'"
    ).fetchall():
        return []  # published by an earlier release
    files = connection.execute(
        "select newest.file, coalesce(before.rows_read, -1), newest.rows_read"
        " from operations.publication_files as newest"
        " left join operations.publication_files as before"
        " on before.seed_name = newest.seed_name and before.version = newest.version - 1"
        " where newest.version = (select max(version) from operations.publications)"
        " and newest.seed_name like 'raw_%' order by newest.file"
    ).fetchall()
    return [f"  {warning}" for file in files for warning in cut_file_warnings(*file)]


def _advice(loads: list[tuple], rejections: list[tuple]) -> list[str]:
    advice = []
    if rejections:
        advice.append(
            "  look at rejected rows in the working file: select * from <domain>_private.rejected_rows"
        )
    if any("/sample/" in file for _, _, file, _, _, _ in loads):
        advice.append(f"  use the real files: {PROGRAM} import-kaggle PATH && make build SEED_SET=kaggle")
    advice.append("  new data: replace the files and build again; only what changed is fitted anew")
    return advice


def _age(age: timedelta, word: str) -> str:
    """Say how long ago something was; of what is yet to come, that a clock was wrong."""
    minutes = abs(int(age.total_seconds() / 60))
    count, unit = next(
        ((minutes // size, unit) for size, unit in ((1440, "days"), (60, "hours")) if minutes >= 2 * size),
        (minutes, "minutes"),
    )
    if age < timedelta(minutes=-1):
        return f"{count} {unit} ahead of this clock, which is behind or was ahead then"
    return f"{count} {unit} {word}"
