"""What the published file knows: a model, how its features are made, whom nobody may contact."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bank_marketing.errors import UserError
from bank_marketing.fitting import fits
from bank_marketing.fitting.artefacts import ArtefactError
from bank_marketing.fitting.sealed_keys import open_artefact
from bank_marketing.seeds.formats import SeedFormat, declared_format
from bank_marketing.serving.published_key import published_key
from bank_marketing.serving.tasks import Served
from bank_marketing.sql_text import sql_text
from bank_marketing.subject_keys import hashed_subjects, key_file

ANEW = "Build it anew: make build"
# What DuckDB raises where a file lacks a table or a column.
LACKING = (duckdb.CatalogException, duckdb.BinderException)
# And where a stored query is broken, or wants what it mustn't have.
BROKEN = (*LACKING, duckdb.ParserException, duckdb.PermissionException)


@dataclass(frozen=True)
class PublishedModel:
    """The newest published version of a model.

    Attributes
    ----------
    served : Served
        What it is.
    path : Path
        The published file.
    version : int
        model_version.
    artefact : mapping of str to any
        What its fit left for scoring.
    declaration : SeedFormat
        What the raw file that its features are made of must look like.
    features_sql : str
        The query of its features; it reads the raw relation, which whoever scores makes, and the published
        file, attached as ``warehouse``.
    variables : mapping of str to any
        The project's vars that ``drivers`` takes.
    """

    served: Served
    path: Path
    version: int
    artefact: Mapping[str, Any]
    declaration: SeedFormat
    features_sql: str
    variables: Mapping[str, Any]

    def features(self, connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
        """Make the features of the rows in the raw relation.

        Parameters
        ----------
        connection : duckdb.DuckDBPyConnection
            With the raw relation, and the published file attached as ``warehouse``.

        Returns
        -------
        pandas.DataFrame
            One row for each customer, by number.

        Raises
        ------
        UserError
            See `run_stored`.
        """
        return run_stored(connection, self.path, self.served.name, self.features_sql, self.served.key)

    @property
    def lacks_key(self) -> bool:
        """Whether scores depend on who was in the fit, which nobody can tell without the key."""
        return "subject_key" in self.artefact and self.artefact["subject_key"] is None

    def scores(self, features: pd.DataFrame) -> pd.DataFrame:
        """Score customers; who was in the fit, by number, gets the score of the model that hasn't seen them.

        Parameters
        ----------
        features : pandas.DataFrame
            What `features` gives.

        Returns
        -------
        pandas.DataFrame
            The task's columns but `may_be_contacted`, one row for each row of the features in their order.
        """
        task: fits.Task = import_module(self.served.model).TASK
        # Threads of native libraries spin while they wait for each other.
        with threadpool_limits(1):
            parts = [task.score(features, self.artefact)]
            if self.served.drivers:
                drivers = import_module(self.served.drivers).drivers
                parts.append(drivers(features, self.artefact, **self.variables))
        return pd.concat(parts, axis=1).assign(model_version=self.version)


def attach_published(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Attach the published file as ``warehouse``, to be read only.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        A connection in memory.
    path : Path
        The published file.

    Raises
    ------
    UserError
        If it is no DuckDB file.
    """
    try:
        connection.execute(f"attach {sql_text(str(path))} as warehouse (read_only)")
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise UserError(
            f"{path}: no published file ({reason}). Name another one with --warehouse."
        ) from error


def shut(connection: duckdb.DuckDBPyConnection, *folders: Path | str) -> None:
    """Keep a connection to what it has attached and to files of some folders, whatever a stored query says.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        A connection in memory, with all of its settings made.
    *folders : Path or str
        From where files may be read.
    """
    allowed = ", ".join(sql_text(str(folder)) for folder in folders)
    connection.execute(
        f"set allowed_directories = [{allowed}]; set enable_external_access = false;"
        " set lock_configuration = true"
    )


def newest_model(
    connection: duckdb.DuckDBPyConnection, path: Path, served: Served, *, may_lack_data: bool = False
) -> PublishedModel:
    """Return the newest version of a model in a published file.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        With the published file attached as ``warehouse``.
    path : Path
        The file, for messages.
    served : Served
        The model.
    may_lack_data : bool
        Whether a model that had insufficient data will do; its artefact is empty.

    Returns
    -------
    PublishedModel
        Ready to score.

    Raises
    ------
    UserError
        If there is no such model, it had insufficient data (unless that will do), or `fits.why_not_to_score`
        says why.
    """
    task: fits.Task = import_module(served.model).TASK
    version, artefact = newest_artefact(connection, path, task, may_lack_data=may_lack_data)
    sql, declaration, variables = stored_features(connection, path, task.name)
    raw = json.loads(declaration)
    return PublishedModel(
        served, path, version, artefact, declared_format(raw, raw["domain"]), sql, json.loads(variables)
    )


def stored_features(connection: duckdb.DuckDBPyConnection, path: Path, name: str) -> tuple[str, str, str]:
    """Return how the published file makes features.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        With the published file attached as ``warehouse``.
    path : Path
        The file, for messages.
    name : str
        What they are stored under.

    Returns
    -------
    sql, declaration, variables : str
        The query; the raw file's declaration and the vars as JSON.

    Raises
    ------
    UserError
        If there are none, or they aren't made by one query.
    """
    try:
        stored = connection.execute(
            "select sql, declaration, vars from warehouse.evaluation.model_features where model_name = $name",
            {"name": name},
        ).fetchall()
    except LACKING:
        stored = []
    if not stored:
        raise UserError(f"{path}: found no features of the model {name!r}, as in earlier releases. {ANEW}")
    try:
        kinds = [statement.type for statement in connection.extract_statements(stored[0][0])]
    except duckdb.ParserException:
        kinds = []
    if kinds != [duckdb.StatementType.SELECT]:
        raise UserError(f"{path}: what is stored to make the features of {name!r} is no single query. {ANEW}")
    return stored[0]


def run_stored(
    connection: duckdb.DuckDBPyConnection, path: Path, name: str, sql: str, order: str
) -> pd.DataFrame:
    """Run a query of `stored_features`.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        With what the query reads.
    path, name
        See `stored_features`.
    sql : str
        The query.
    order : str
        What its rows are ordered by.

    Returns
    -------
    pandas.DataFrame
        Its rows.

    Raises
    ------
    UserError
        If it is broken, whatever the rows that it is run on.
    """
    try:
        return connection.execute(f"select * from ({sql}) order by {order}").df()
    except BROKEN as error:
        reason = str(error).splitlines()[0]
        raise UserError(f"{path}: the query stored for {name!r} doesn't run ({reason}). {ANEW}") from error


def newest_artefact(
    connection: duckdb.DuckDBPyConnection, path: Path, task: fits.Task, *, may_lack_data: bool = False
) -> tuple[int, dict[str, Any]]:
    """Return the newest version of a model in a published file and what its fit left.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        With the published file attached as ``warehouse``.
    path : Path
        The file, for messages.
    task : fits.Task
        Which model.
    may_lack_data : bool
        Whether a model that had insufficient data will do; its artefact is empty.

    Returns
    -------
    version : int
        model_version.
    artefact : dict of str to any
        What the fit left for scoring.

    Raises
    ------
    UserError
        If there is no such model, it had insufficient data (unless that will do), or `fits.why_not_to_score`
        says why.
    """
    name = task.name
    try:
        newest = connection.execute(
            "select model_version, status, params, artefact"
            " from warehouse.evaluation.model_registry where model_name = $name"
            " order by model_version desc limit 1",
            {"name": name},
        ).fetchall()
    except LACKING as error:
        raise UserError(f"{path}: no models are published there. {ANEW}") from error
    if not newest:
        raise UserError(
            f"{path}: found no fitted model {name!r}, expected one. Build the domain with it: make build"
        )
    version, status, params_text, data = newest[0]
    params = json.loads(params_text)
    is_empty = status != "fitted" and not params.get(fits.KEEPS_ARTEFACT)
    if is_empty and may_lack_data:
        return int(version), {}
    if is_empty:
        raise UserError(
            f"{path}: the model {name!r} (version {version}) had insufficient data:"
            f" {params['reason'].removesuffix('.')}. Nothing can be scored until it was built with more."
        )
    if reason := fits.why_not_to_score(task, params):
        raise UserError(
            f"{path}: version {version} of the model {name!r} {reason}."
            " Build anew, which refits it: make build"
        )
    try:
        return int(version), open_artefact(data, published_key(connection, path))
    except ArtefactError as error:
        raise UserError(f"{path}: {name}, version {version}: {error} {ANEW}") from error


def objecting_customers(
    connection: duckdb.DuckDBPyConnection, path: Path, domain: str, keys: pd.Series
) -> tuple[pd.Series, list[str]]:
    """Tell for each customer whether they object to profiling, so that nobody scores them.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        With the published file attached as ``warehouse``.
    path : Path
        The file; its key lies beside it.
    domain : str
        The domain whose customers are meant.
    keys : pandas.Series
        The customers' numbers.

    Returns
    -------
    objects : pandas.Series of bool
        As long as `keys`.
    said : list of str
        How many do, if any.

    Raises
    ------
    UserError
        If somebody objects and the key isn't there, or another one is.
    """
    nobody = pd.Series(False, index=keys.index)
    key = published_key(connection, path)
    try:
        rows = connection.execute(
            "select subject_hash from warehouse.operations.profiling_objections where domain = $domain",
            {"domain": domain},
        ).fetchall()
    except LACKING:
        return nobody, []
    if key is None and rows:
        raise UserError(
            f"{path}: nothing was scored, since {len(rows):,} customers object to profiling, and only with"
            f" {key_file(path)} can be told who. Put it beside the published file; the build has made it."
        )
    if key is None or not rows:
        return nobody, []
    hashes = pd.Series(hashed_subjects(keys.tolist(), key), index=keys.index, dtype="int64")
    objects = hashes.isin({subject for (subject,) in rows})
    count = int(objects.sum())
    if not count:
        return nobody, []
    return objects, [
        f"{count:,} row{'s' if count > 1 else ''}: not scored, since the customer objects to profiling"
    ]


def with_gaps(scores: pd.DataFrame, is_gap: pd.Series) -> pd.DataFrame:
    """Return scores with an empty row for each customer who wasn't scored.

    Parameters
    ----------
    scores : pandas.DataFrame
        Rows of those who were, in their order.
    is_gap : pandas.Series of bool
        For each customer whether they weren't.

    Returns
    -------
    pandas.DataFrame
        A row for each customer, with the index of `is_gap`; whole numbers and truths may be null.
    """
    if not is_gap.any():
        return scores.set_index(is_gap.index)
    nullable = {"int64": "Int64", "int32": "Int64", "bool": "boolean"}
    kinds = {name: nullable[str(kind)] for name, kind in scores.dtypes.items() if str(kind) in nullable}
    return scores.astype(kinds).set_index(is_gap.index[~is_gap]).reindex(is_gap.index)


def blocked_customers(connection: duckdb.DuckDBPyConnection, domain: str, today: date) -> set[int] | None:
    """Return who may not be contacted.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        With the published file attached as ``warehouse``.
    domain : str
        The domain whose customers are meant.
    today : date
        Day on which an entry has to hold.

    Returns
    -------
    set of int or None
        Numbers of customers; None if the file was published before it named them.
    """
    try:
        rows = connection.execute(
            "select subject_id from warehouse.operations.contact_suppressions"
            " where domain = $domain and (until_date is null or until_date >= $today)",
            {"domain": domain, "today": today},
        ).fetchall()
    except duckdb.CatalogException:
        return None
    return {subject for (subject,) in rows}


def may_be_contacted(keys: pd.Series, blocked: Collection[int] | None) -> tuple[pd.Series, list[str]]:
    """Tell for each customer whether nothing forbids to contact them.

    Parameters
    ----------
    keys : pandas.Series
        The customers' numbers.
    blocked : collection of int or None
        What `blocked_customers` returned.

    Returns
    -------
    may_be_contacted : pandas.Series of bool
        As long as `keys`; null throughout if it isn't known.
    said : list of str
        How many may not be, if any, or why it isn't known.
    """
    if blocked is None:
        unknown = pd.Series(pd.NA, index=keys.index, dtype="boolean")
        return unknown, [
            "may_be_contacted is empty: the file was published by an earlier release, which doesn't name"
            " who may not be contacted. Build it anew: make build"
        ]
    may_be = ~keys.isin(blocked).astype("boolean")
    count = int((~may_be).sum())
    if not count:
        return may_be, []
    return may_be, [
        f"{count:,} row{'s' if count > 1 else ''}: may not be contacted (may_be_contacted is False)"
    ]
