"""Where the published file is, and the log that must not lie beside it."""

import argparse
import os
from collections.abc import Hashable
from pathlib import Path

from bank_marketing.errors import UserError
from bank_marketing.project import project_folder, seed_set

# DuckDB's mark in the first bytes of a file.
MAGIC, MAGIC_AT = b"DUCK", 8
# What DuckDB leaves beside a file when whoever wrote to it was killed.
LOGS = (".wal", ".wal.checkpoint", ".wal.recovery")


def add_warehouse(parser: argparse.ArgumentParser, what: str) -> None:
    """Add the option that names the published file; `what` says what a command wants of it."""
    parser.add_argument(
        "--warehouse", type=Path, metavar="FILE", help=f"{what} (default: warehouse/$SEED_SET.duckdb)"
    )


def published_file(warehouse: Path | None = None) -> Path:
    """Return the published file.

    Parameters
    ----------
    warehouse : Path, optional
        The file named by ``--warehouse``, which overrides SEED_SET.

    Returns
    -------
    Path
        The file that readers see.

    Raises
    ------
    UserError
        If it isn't there or no DuckDB file, or if a log lies beside it that would be read for a part of it.
    """
    try:
        path = warehouse or project_folder() / "warehouse" / f"{seed_set()}.duckdb"
    except UserError as error:
        raise UserError(f"{error}, or name the published file with --warehouse") from None
    if not path.is_file():
        raise UserError(
            f"{path}: no published file there. Build it with: make build SEED_SET={seed_set()}"
            + ("" if warehouse is None else ", or name another file with --warehouse")
        )
    # Looked at first, since DuckDB takes the name of some other files for a kind of database.
    with path.open("rb") as file:
        if file.read(MAGIC_AT + len(MAGIC))[MAGIC_AT:] != MAGIC:
            raise UserError(
                f"{path}: no DuckDB file, expected a published one, such as warehouse/sample.duckdb."
                " Name it with --warehouse."
            )
    if problem := log_problem(path):
        raise UserError(problem)
    return path


def publication_target(published: Path) -> Path:
    """Return the file that a publication replaces: where `published` is a link, what it leads to."""
    return Path(os.path.realpath(published))


def foreign_log(published: Path) -> Path | None:
    """Return the write-ahead log beside a published file or beside what it leads to, if there is one.

    No publication leaves one. DuckDB replays it into whatever file has the name, even for a reader.
    """
    for file in dict.fromkeys((published, publication_target(published))):
        for log in LOGS:
            if os.path.lexists(path := file.with_name(file.name + log)):
                return path
    return None


def log_problem(published: Path) -> str:
    """Say that a log lies beside a published file; empty if none does.

    Parameters
    ----------
    published : Path
        The file that readers see; nothing opens it here.

    Returns
    -------
    str
        A sentence.
    """
    log = foreign_log(published)
    if not log:
        return ""
    return (
        f"{published}: somebody opened it for writing and left the log {log}, which DuckDB would mix into"
        " what is published. Move the log away (keep a copy of both if its changes matter), and try again."
    )


def file_version(path: Path) -> Hashable:
    """Return what differs once a file was replaced or written to; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
