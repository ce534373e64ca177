"""The two files of a warehouse before a build: ours, whole, not in use, and with room beside them.

Each problem is one sentence that names the file and says what to do. What lies at stake: the published file
holds history that no build brings back, and a file of somebody else's is never written to.
"""

import fcntl
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import duckdb

from bank_marketing.errors import UserError
from bank_marketing.serving.published_file import LOGS, MAGIC, MAGIC_AT, log_problem, publication_target
from bank_marketing.sql_text import sql_text

UNFINISHED = ".unfinished"
# Bytes of the three headers before a DuckDB file's blocks.
HEADERS = 3 * 4096
# Room for logs and indexes of a small build, beside what the last publication took.
LEAST_ROOM = 10_000_000
# By what a failed build says (dbt's log, DuckDB's and the system's words): what became of it.
NO_ROOM = re.compile(
    r"No space left on device|File too large|Disk quota exceeded|Not enough space|disk is full"
)
IN_USE = re.compile(r"Could not set lock on file|Conflicting lock is held")
DAMAGED = re.compile(r"Corrupt database file|Could not read enough bytes|not a valid DuckDB database file")


def check_files(working: Path, published: Path) -> None:
    """Look at everything that would stop a build or spoil what it publishes.

    Parameters
    ----------
    working, published : Path
        The file that dbt builds into and the one that readers see; neither need exist.

    Raises
    ------
    UserError
        With the first problem.
    """
    problem = (
        folder_problem(published) or working_problem(working) or published_problem(published, whole=True)
    )
    if problem:
        raise UserError(problem)


@contextmanager
def only_build(working: Path) -> Iterator[None]:
    """Hold the place of the one build into a working file; dbt takes seconds until it opens the file.

    Parameters
    ----------
    working : Path
        The file; the lock is a file beside it, which stays.

    Yields
    ------
    None
        As long as it is held.

    Raises
    ------
    UserError
        If another build holds it, or the folder takes no file.
    """
    path = working.with_name(f"{working.name}.lock")
    with ExitStack() as opened:
        try:
            working.parent.mkdir(parents=True, exist_ok=True)
            file = opened.enter_context(path.open("a"))
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UserError(f"{working}: another build is under way. Wait until it has ended.") from error
        except OSError as error:
            raise UserError(
                f"{path}: this file can't be written ({error.strerror}). See to its rights and to the disk."
            ) from error
        yield


def sweep(published: Path) -> None:
    """Delete what a killed publication left.

    Parameters
    ----------
    published : Path
        The file that readers see.

    Raises
    ------
    UserError
        If a folder stands there.
    """
    for path in leftovers(published):
        if path.is_dir():
            raise UserError(
                f"{path}: a folder stands where a publication is made. Move it away, and try again."
            )
        path.unlink(missing_ok=True)


def size_of(path: Path) -> int:
    """Return a file's size, 0 if it isn't there."""
    return path.stat().st_size if path.is_file() else 0


def state_of(path: Path) -> tuple[int, int]:
    """Return what changes when a file is replaced."""
    return (path.stat().st_ino, path.stat().st_mtime_ns) if path.is_file() else (0, 0)


def text_since(path: Path, size: int) -> str:
    """Return what was written to a file since it had a size; all of it if it is another file now."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        file.seek(size if size <= size_of(path) else 0)
        return file.read().decode(errors="replace")


def leftovers(published: Path) -> list[Path]:
    """Return the names that a publication has until it is whole, and those of its log."""
    places = {published, publication_target(published)}
    names = [p.with_name(p.name + UNFINISHED) for p in places]
    return [*names, *(name.with_name(name.name + log) for name in names for log in LOGS)]


def published_problem(published: Path, *, whole: bool = False) -> str:
    """Say what keeps a published file from being read and replaced; empty if nothing does.

    Parameters
    ----------
    published : Path
        The file that readers see; it need not exist.
    whole : bool
        Whether to read every value, too: the one way to find damage in the middle.

    Returns
    -------
    str
        A sentence.
    """
    advice = "Move it away, or put a whole copy in its place, and try again."
    target = publication_target(published)
    if problem := log_problem(published):
        return problem
    if published.is_symlink() and (target.is_symlink() or not target.parent.is_dir()):
        return f"{published}: the link leads nowhere ({target}). Remove it, and try again."
    problem = _file_problem(published, advice, "Close it there, and try again.", whole=whole)
    if problem or not target.exists() or _tables(published, "operations", "publications"):
        return problem
    return (
        f"{published}: a DuckDB file that this project didn't publish (no table operations.publications)."
        " Move it away, and try again."
    )


def working_problem(working: Path) -> str:
    """Say what keeps dbt from building into a working file; empty if nothing does.

    Parameters
    ----------
    working : Path
        The file; it need not exist. One without a byte is what a killed build left, and is removed.

    Returns
    -------
    str
        A sentence.
    """
    if working.is_file() and not working.is_symlink() and not working.stat().st_size:
        working.unlink()
    if working.is_symlink() and not publication_target(working).parent.is_dir():
        return f"{working}: the link leads nowhere ({publication_target(working)}). Remove it, and try again."
    busy = "Wait until that build has ended, or close the program, and try again."
    problem = _file_problem(working, _start_afresh(working), busy)
    if problem or not working.exists() or not _tables(working) or _tables(working, "operations_private"):
        return problem
    return f"{working}: a DuckDB file that no build of this project made. Move it away, and try again."


def folder_problem(published: Path) -> str:
    """Say why nothing can be written where the publication goes; empty if it can.

    Parameters
    ----------
    published : Path
        The file that readers see; its folder is made if it lacks.

    Returns
    -------
    str
        A sentence.
    """
    published.parent.mkdir(parents=True, exist_ok=True)
    target = publication_target(published)
    for folder in dict.fromkeys((published.parent, target.parent)):
        if not folder.is_dir():
            continue
        try:
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            return f"{folder}: no file can be written there ({error.strerror}). See to rights and disk."
        needed = LEAST_ROOM + (target.stat().st_size if target.is_file() else 0)
        free = shutil.disk_usage(folder).free
        if free < needed:
            return (
                f"{folder}: the disk has {free / 1e6:,.0f} MB left, and a build needs {needed / 1e6:,.0f} MB"
                " (a publication is written beside the last one). Make room, and try again."
            )
    return ""


def failure_reason(said: str, working: Path, published: Path) -> str:
    """Say in a sentence why dbt failed where it was one of the two files or their disk; empty otherwise.

    Parameters
    ----------
    said : str
        What dbt wrote to its log.
    working, published : Path
        The two files.

    Returns
    -------
    str
        A sentence.
    """
    if NO_ROOM.search(said):
        return (
            f"{working.parent}: the disk became full (or the largest size of a file was reached). Make room."
        )
    if IN_USE.search(said):
        return f"{working}: another build or program has it open. Wait until it has ended, and try again."
    if DAMAGED.search(said):
        return (
            published_problem(published, whole=True) or f"{working}: it is damaged. {_start_afresh(working)}"
        )
    return ""


def _start_afresh(working: Path) -> str:
    return (
        f"Move it and {working.name}.wal away, and build again: history comes back from the published file."
    )


def _file_problem(path: Path, advice: str, busy: str, *, whole: bool = False) -> str:
    """Say why a file can't be opened as a DuckDB database; empty if it can or isn't there."""
    if path.is_dir():
        return f"{path}: a folder stands where the file belongs. Move it away, and try again."
    if not path.exists():
        return ""
    try:
        with path.open("rb") as file:
            head = file.read(MAGIC_AT + len(MAGIC))
        # Looked at first, since DuckDB takes some other files for a reason to download an extension.
        if head[MAGIC_AT:] != MAGIC:
            return f"{path}: this is no DuckDB file, or its beginning is damaged. {advice}"
        _read(path, whole=whole)
    except OSError as error:
        return f"{path}: it can't be read ({error.strerror}). See to its rights, and try again."
    except duckdb.Error as error:
        said = str(error).splitlines()[0]
        if IN_USE.search(said):
            holder = re.search(r"PID \d+", said)
            return f"{path}: another process has it open{f' ({holder[0]})' if holder else ''}. {busy}"
        if "version number" in said:
            return f"{path}: a newer DuckDB wrote it than this environment has. {advice}"
        what = re.split(r":| from file", said.removeprefix("IO Error: "))[0]
        return f"{path}: it is damaged ({what}). {advice}"
    return ""


def _read(path: Path, *, whole: bool) -> None:
    """Open a file and look whether it has all its blocks, or read every value."""
    with duckdb.connect() as connection:
        connection.execute(f"attach {sql_text(str(path))} as looked_at (read_only)")
        # Of free blocks those at the end may be counted although the file is already shorter.
        block_size, blocks = connection.execute(
            "select block_size, used_blocks from pragma_database_size() where database_name = 'looked_at'"
        ).fetchall()[0]
        if path.stat().st_size < HEADERS + block_size * blocks:
            raise duckdb.IOException(
                f"{HEADERS + block_size * blocks - path.stat().st_size:,} bytes are missing"
            )
        names = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'looked_at'"
        ).fetchall()
        for schema, name in names if whole else []:
            # Counting alone reads no values.
            connection.execute(
                f'select bit_xor(hash(columns(*))) from looked_at."{schema}"."{name}"'
            ).fetchall()


def _tables(path: Path, schema: str = "", name: str = "") -> bool:
    """Tell whether a file has a table or a view (of a schema, of a name)."""
    with duckdb.connect() as connection:
        connection.execute(f"attach {sql_text(str(path))} as looked_at (read_only)")
        found = connection.execute(
            "select count(*) from (select database_name, schema_name, table_name from duckdb_tables()"
            " union all select database_name, schema_name, view_name from duckdb_views() where not internal)"
            " where database_name = 'looked_at' and ($schema = '' or schema_name = $schema)"
            " and ($name = '' or table_name = $name)",
            {"schema": schema, "name": name},
        ).fetchall()
    return bool(found[0][0])
