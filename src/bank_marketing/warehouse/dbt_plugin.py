"""dbt-duckdb plugin: the few functions that SQL needs and DuckDB lacks."""

import gc
import json
import os
import shutil
import subprocess
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.flags import get_flags
from duckdb import DuckDBPyConnection

from bank_marketing import subject_keys
from bank_marketing.errors import UserError
from bank_marketing.seeds.cut_files import cut_file_warnings
from bank_marketing.seeds.file_content import Content, read_content
from bank_marketing.seeds.headers import file_header
from bank_marketing.seeds.line_counts import count_blank_lines
from bank_marketing.seeds.parts import comes_in_parts, parts_plan, reading_digest
from bank_marketing.seeds.row_sql import seed_sql
from bank_marketing.seeds.unfinished_imports import command_to_run_again
from bank_marketing.serving.export_log import log_path, read_exports
from bank_marketing.serving.published_file import log_problem, publication_target
from bank_marketing.warehouse.files import published_problem, sweep
from bank_marketing.warehouse.kept_results import seed_content, surroundings
from bank_marketing.warehouse.publishing import REFUSED, publication_statements
from bank_marketing.warehouse.republishing import published_state

READ_ONLY = 0o444
# What dbt commands write to the working file, and so make it, its log and files for what memory can't hold.
WRITING = ("build", "run", "seed", "snapshot", "test", "retry", "clone")

# As many as dbt loads at a time, so that a small file doesn't wait for a large one.
_reading = ThreadPoolExecutor(max_workers=2)
_started: dict[str, Future[Content]] = {}


def start_reading(path: str) -> bool:
    """Begin to read a file beside whatever SQL runs next, for `file_lines` and `file_fingerprint`.

    Reading a gigabyte takes seconds of one core, and most steps of a load leave a core idle.

    Parameters
    ----------
    path : str
        Path of the file.

    Returns
    -------
    bool
        Always True, since SQL wants a value.
    """
    _started[path] = _reading.submit(read_content, path)
    return True


def file_lines(path: str) -> int:
    """Return the number of lines of a file.

    Parameters
    ----------
    path : str
        Path of the file.

    Returns
    -------
    int
        See `seeds.line_counts.count_lines`; of the moment of `start_reading` if that was called.
    """
    started = _started.get(path)
    return (started.result() if started else read_content(path)).lines


def file_fingerprint(path: str) -> str:
    """Return the SHA-1 digest (hexadecimal) of a file's bytes.

    Parameters
    ----------
    path : str
        Path of the file.

    Returns
    -------
    str
        40 hexadecimal digits; of the moment of `start_reading` if that was called before, once.
    """
    started = _started.pop(path, None)
    return (started.result() if started else read_content(path)).fingerprint


def file_size(path: str) -> int:
    """Return a file's size in bytes.

    Parameters
    ----------
    path : str
        Path of the file; links are followed.

    Returns
    -------
    int
        Size in bytes.
    """
    return Path(path).stat().st_size


def file_exists(path: str) -> bool:
    """Tell whether there is a file at a path.

    Parameters
    ----------
    path : str
        Path to look at; a dangling link is no file.

    Returns
    -------
    bool
        True if a file is there.
    """
    return Path(path).is_file()


def delete_file(path: str) -> bool:
    """Delete a file if it is there.

    Parameters
    ----------
    path : str
        Path of the file.

    Returns
    -------
    bool
        Always True, since SQL wants a value.
    """
    Path(path).unlink(missing_ok=True)
    return True


def copy_file(source: str, target: str) -> bool:
    """Copy the content of a file.

    Parameters
    ----------
    source : str
        Path of the file.
    target : str
        Path of the copy; what is there is lost.

    Returns
    -------
    bool
        Always True, since SQL wants a value.
    """
    shutil.copyfile(source, target)
    return True


def replace_file(source: str, published: str) -> str:
    """Put a finished publication in its place by one atomic rename, if no log lies there.

    Readers that hold the old file open keep reading it; whoever opens the path afterwards sees the new one,
    which is read-only. Owner and group stay where this process may set them. Of a link, what it leads to is
    replaced.

    Parameters
    ----------
    source : str
        Path of the finished file, on the same file system as the file to replace.
    published : str
        Path that readers open.

    Returns
    -------
    str
        Empty, or `publishing.REFUSED` and why nothing was replaced.
    """
    target = publication_target(Path(published))
    if problem := log_problem(Path(published)):
        return f"{REFUSED}{problem}"
    try:
        if target.exists():
            owner = target.stat()
            for ids in ((-1, owner.st_gid), (owner.st_uid, -1)):
                with suppress(PermissionError):
                    os.chown(source, *ids)
        Path(source).chmod(READ_ONLY)
        with Path(source).open("rb") as file:
            os.fsync(file.fileno())
        Path(source).replace(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        return (
            f"{REFUSED}{target}: it can't be replaced ({error.strerror}). See to its rights, and build again."
        )
    return ""


def sweep_leftovers(published: str) -> bool:
    """Delete what a killed publication left.

    Parameters
    ----------
    published : str
        Path that readers open.

    Returns
    -------
    bool
        Always True, since SQL wants a value.
    """
    sweep(Path(published))
    return True


def published_file_problem(published: str) -> str:
    """Say why a published file can't be read and replaced.

    Parameters
    ----------
    published : str
        Path that readers open.

    Returns
    -------
    str
        A sentence, or nothing.
    """
    return published_problem(Path(published))


def export_log_problem(published: str) -> str:
    """Say why the log of exports beside a published file can't be read.

    Parameters
    ----------
    published : str
        Path that readers open.

    Returns
    -------
    str
        A sentence, or nothing.
    """
    try:
        read_exports(log_path(Path(published)))
    except UserError as error:
        return str(error)
    return ""


def export_lines(published: str) -> list[str]:
    """Return the log of exports beside a published file.

    Parameters
    ----------
    published : str
        Path that readers open.

    Returns
    -------
    list of str
        JSON with the fields of `Export`, each export once.
    """
    return [json.dumps(asdict(export)) for export in read_exports(log_path(Path(published)))]


def git_commit() -> str:
    """Return the commit of the checkout that dbt runs in.

    Returns
    -------
    str
        The commit's hash, with ``-dirty`` behind it when tracked files were changed; ``unknown`` outside git.
    """
    command = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return "unknown"


def hashed_subject(subject: int) -> int:
    """Return the keyed hash of a customer's number, see `bank_marketing.subject_keys`."""
    return subject_keys.hashed_subject(subject)


class Plugin(BasePlugin):
    """Registers this module's functions on dbt's connection."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Keep the working file, which holds personal data, to its owner, before it is opened; find the key.

        Parameters
        ----------
        plugin_config : dict
            Settings of the plugin in profiles.yml; there are none.
        """
        if getattr(get_flags(), "WHICH", "") in WRITING:
            os.umask(0o077)
            working = Path(self.creds.path) if self.creds else None
            if working:
                subject_keys.use_key_of(subject_keys.published_beside(working))
            if working and working.is_file():
                with suppress(PermissionError):
                    working.chmod(0o600)

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """Register the functions; dbt-duckdb calls this once for each process.

        Parameters
        ----------
        conn : duckdb.DuckDBPyConnection
            dbt's connection to the working file.
        """
        # What dbt knows of the project stays to the end, and looking it through for garbage takes long.
        gc.freeze()
        functions: list[tuple[Any, list[Any], str]] = [
            (file_header, ["VARCHAR"], "VARCHAR[]"),
            (start_reading, ["VARCHAR"], "BOOLEAN"),
            (file_fingerprint, ["VARCHAR"], "VARCHAR"),
            (file_size, ["VARCHAR"], "BIGINT"),
            (surroundings, ["VARCHAR"], "VARCHAR"),
            (seed_content, ["VARCHAR", "VARCHAR", "VARCHAR"], "VARCHAR[]"),
            (file_lines, ["VARCHAR"], "BIGINT"),
            (count_blank_lines, ["VARCHAR", "BIGINT"], "BIGINT"),
            (file_exists, ["VARCHAR"], "BOOLEAN"),
            (delete_file, ["VARCHAR"], "BOOLEAN"),
            (copy_file, ["VARCHAR", "VARCHAR"], "BOOLEAN"),
            (published_state, ["VARCHAR"], "VARCHAR"),
            (replace_file, ["VARCHAR", "VARCHAR"], "VARCHAR"),
            (sweep_leftovers, ["VARCHAR"], "BOOLEAN"),
            (published_file_problem, ["VARCHAR"], "VARCHAR"),
            (export_log_problem, ["VARCHAR"], "VARCHAR"),
            (export_lines, ["VARCHAR"], "VARCHAR[]"),
            (cut_file_warnings, ["VARCHAR", "BIGINT", "BIGINT"], "VARCHAR[]"),
            (git_commit, [], "VARCHAR"),
            (seed_sql, ["VARCHAR", "VARCHAR", "VARCHAR[]", "VARCHAR"], "VARCHAR"),
            (comes_in_parts, ["VARCHAR"], "BOOLEAN"),
            (parts_plan, ["VARCHAR", "VARCHAR"], "VARCHAR"),
            (reading_digest, ["VARCHAR"], "VARCHAR"),
            (command_to_run_again, ["VARCHAR"], "VARCHAR"),
            (hashed_subject, ["BIGINT"], "BIGINT"),
            (publication_statements, ["VARCHAR"], "VARCHAR[]"),
        ]
        for function, parameters, result in functions:
            # side_effects keeps DuckDB from calling a function while it plans, or only once for many rows.
            conn.create_function(function.__name__, function, parameters, result, side_effects=True)
