"""dbt runs of list models on a copy of the working file: nothing of the project is written to.

One process reads the project once; each run has vars of its own. Python models get vars by their settings,
which dbt puts in while it reads, so those are put in anew.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from bank_marketing.errors import UserError
from bank_marketing.project import PROGRAM
from bank_marketing.seeds.formats import read_yaml
from bank_marketing.sql_text import sql_text
from bank_marketing.subject_keys import key_file, published_beside
from bank_marketing.warehouse.building import WORKING_FILE
from bank_marketing.warehouse.files import only_build, working_problem

PREFIX = "what-if-"
QUIET = ("--quiet", "--no-print", "--log-level", "none", "--log-level-file", "none", "--no-write-json")
IN_USE = "in-use"
MENDABLE, MOST_LINES = f"{UserError.__name__}: ", 4


@contextmanager
def scratch_folder(target: Path) -> Iterator[Path]:
    """Make a folder that is gone afterwards, and remove those that killed processes left.

    Parameters
    ----------
    target : Path
        dbt's own folder for what it makes.

    Yields
    ------
    Path
        The folder, which this user alone may read.
    """
    target.mkdir(exist_ok=True)
    for left in target.glob(f"{PREFIX}*"):
        with (left / IN_USE).open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            shutil.rmtree(left, ignore_errors=True)
    with (
        tempfile.TemporaryDirectory(prefix=PREFIX, dir=target) as folder,
        Path(folder, IN_USE).open("a") as lock,
    ):
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield Path(folder)


def copy_working_file(working: Path, folder: Path) -> Path:
    """Copy the working file while nobody builds into it.

    Parameters
    ----------
    working : Path
        The file; only read.
    folder : Path
        Where to.

    Returns
    -------
    Path
        The copy.

    Raises
    ------
    UserError
        If there is none, it is in use or damaged, or the disk has no room.
    """
    if not working.is_file():
        raise UserError(f"{working}: no working file to compare with. Build it first: {PROGRAM} build")
    with only_build(working):
        if problem := working_problem(working):
            raise UserError(problem)
        free, needed = shutil.disk_usage(folder).free, 2 * working.stat().st_size
        if free < needed:
            raise UserError(
                f"{folder}: the disk has {free / 1e6:,.0f} MB left, and a copy needs {needed / 1e6:,.0f} MB."
            )
        copy = folder / working.name
        for end in ("", ".wal"):
            source = working.with_name(working.name + end)
            if source.is_file():
                shutil.copyfile(source, copy.with_name(copy.name + end))
        # Without the key nobody would be known to have been in the fit.
        key = key_file(published_beside(working))
        if key.is_file():
            shutil.copy2(key, folder / key.name)
    return copy


@dataclass(frozen=True)
class Moment:
    """When a list was made, as its hold-out and ties depend on it.

    Parameters
    ----------
    publication : int
        Publication for which it was chosen.
    as_of : date
        Day from which it counts.
    """

    publication: int
    as_of: date


class Scenarios:
    """Runs of list models on a copy of the working file.

    Parameters
    ----------
    project : Path
        The project's folder, which is the current one.
    copy : Path
        The copy, alone in a folder where dbt writes the rest, too.
    variables : mapping of str to any
        The project's vars.
    """

    def __init__(self, project: Path, copy: Path, variables: Mapping[str, Any]) -> None:
        # Not before it is needed: dbt takes more than a second to import.
        from dbt.cli.main import dbtRunner

        self._runner = dbtRunner
        self._copy = copy
        self._reader: duckdb.DuckDBPyConnection | None = None
        self.variables = variables
        parsed = project / "target" / "partial_parse.msgpack"
        if parsed.is_file():
            shutil.copyfile(parsed, copy.parent / parsed.name)
        self.manifest = self._invoke(["parse"], {})
        self.settings = written_settings(project, self.manifest)

    def load_seed(self, key: str, file: Path) -> None:
        """Load a seed from another file.

        Parameters
        ----------
        key : str
            Id of the seed.
        file : Path
            The file.

        Raises
        ------
        UserError
            If it can't be loaded whole.
        """
        seed = self.manifest.nodes[key]
        seed.original_file_path = str(file.absolute())
        self._invoke(["seed", "--select", seed.name], {})
        bad = self.query(
            f"select line, reason from {seed.fqn[1]}_private.rejected_rows"
            f" where seed_name = {sql_text(seed.name)} order by line limit 1"
        )
        for line, reason in bad.itertuples(index=False):
            raise UserError(f"{file}, line {line}: {reason}. Mend it, and try again.")

    def run(self, names: Sequence[str], moment: Moment, variables: Mapping[str, Any]) -> None:
        """Run models as they would have been for a list of a moment.

        Parameters
        ----------
        names : sequence of str
            The models.
        moment : Moment
            When the list was made.
        variables : mapping of str to any
            Vars that differ from those of the project.

        Raises
        ------
        UserError
            If dbt fails, with what it says first.
        """
        self._forget_publications(moment.publication)
        stated = {"as_of": f"{moment.as_of}", **variables}
        for key in self.settings.keys() & {f"model.bank_marketing.{name}" for name in names}:
            settings = self.settings[key]
            self.manifest.nodes[key].config.meta.update(render(settings, {**self.variables, **stated}))
        self._invoke(["run", "--select", *names], stated)

    def query(self, sql: str) -> pd.DataFrame:
        """Ask the copy, by a connection that stays open until something is to be written."""
        if self._reader is None:
            self._reader = duckdb.connect(str(self._copy), read_only=True)
        return self._reader.execute(sql).df()

    def close(self) -> None:
        """Let the copy go."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def has_table(self, path: str) -> bool:
        """Tell whether the copy has a table, by schema and name."""
        found = self.query(
            f"select 1 from duckdb_tables() where schema_name || '.' || table_name = {sql_text(path)}"
        )
        return not found.empty

    def _forget_publications(self, publication: int) -> None:
        """Let the next publication be one of this number."""
        self.close()
        with duckdb.connect(str(self._copy)) as connection:
            connection.execute(
                "create table if not exists operations_private.whole_publication_log as"
                " from operations_private.publication_log"
            )
            connection.execute(
                "create or replace table operations_private.publication_log as"
                " from operations_private.whole_publication_log where version < $publication",
                {"publication": publication},
            )

    def _invoke(self, words: Sequence[str], variables: Mapping[str, Any]) -> Any:
        self.close()
        is_parse = words[0] == "parse"
        folder = str(self._copy.parent)
        options = ["--target-path", folder, "--log-path", folder, "--vars", json.dumps(dict(variables))]
        if not is_parse:
            os.environ[WORKING_FILE] = str(self._copy)
        mask = os.umask(0o077)
        try:
            runner = self._runner(None if is_parse else self.manifest)
            done = runner.invoke([*QUIET, *words, *options])
        finally:
            os.umask(mask)
            os.environ.pop(WORKING_FILE, None)
            _let_go()
        if not done.success:
            raise UserError(f"dbt {words[0]} failed on the copy: {_reason(done)}")
        return done.result


def _let_go() -> None:
    """Close the file that dbt keeps open to the end of a process."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    environment = DuckDBConnectionManager._ENV
    if environment:
        environment.close()
        DuckDBConnectionManager.close_all_connections()


def _reason(done: Any) -> str:
    """Return what dbt says of the first thing that failed, of a `UserError` its sentence alone."""
    said = str(done.exception or "it says no more").strip()
    for result in getattr(done.result, "results", ()):
        if str(result.status) == "error":
            said = f"{result.node.name}: {result.message.strip()}"
            break
    if MENDABLE in said:
        return said.rpartition(MENDABLE)[2].strip()
    return "\n".join(said.splitlines()[:MOST_LINES])


def written_settings(project: Path, manifest: Any) -> dict[str, dict[str, Any]]:
    """Return what the YAML of models says of ``config.meta``, where a var stands in it.

    Parameters
    ----------
    project : Path
        The project's folder.
    manifest : dbt.contracts.graph.manifest.Manifest
        What dbt read of it.

    Returns
    -------
    dict of str to dict
        By the model's id, the settings with vars in them.
    """
    found = {}
    for key, node in manifest.nodes.items():
        if str(getattr(node.resource_type, "value", node.resource_type)) != "model" or not node.patch_path:
            continue
        if "meta" not in (text := _text(project / node.patch_path.partition("://")[2])) or "var(" not in text:
            continue
        described = {entry["name"]: entry for entry in read_yaml(text).get("models", [])}
        meta = described.get(node.name, {}).get("config", {}).get("meta", {})
        if settings := {name: value for name, value in meta.items() if "var(" in str(value)}:
            found[key] = settings
    return found


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def render(settings: Mapping[str, str], variables: Mapping[str, Any]) -> dict[str, Any]:
    """Put vars into settings as dbt does when it reads them.

    Parameters
    ----------
    settings : mapping of str to str
        Jinja, such as ``{{ var('retention_budget') }}``.
    variables : mapping of str to any
        Values by name.

    Returns
    -------
    dict of str to any
        Values by setting.

    Raises
    ------
    UserError
        If a value isn't of the kind that a setting asks for.
    """
    from dbt.clients.jinja import get_rendered
    from dbt_common.exceptions import DbtBaseException

    def var(name: str, default: Any = None) -> Any:
        return variables.get(name, default)

    context = {"var": var, "tojson": json.dumps}
    try:
        return {name: get_rendered(text, context, native=True) for name, text in settings.items()}
    except DbtBaseException as error:
        raise UserError(f"a var has a value that no model can take: {error}") from error
