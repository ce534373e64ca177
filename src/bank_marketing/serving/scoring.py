"""Scores of the customers of a file by a published model, and what their reader should know."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from bank_marketing.errors import UserError
from bank_marketing.seeds.formats import SeedFormat
from bank_marketing.serving.mapped import Mapped, load_stated, own_keys
from bank_marketing.serving.published import (
    PublishedModel,
    attach_published,
    blocked_customers,
    may_be_contacted,
    newest_model,
    objecting_customers,
    shut,
    with_gaps,
)
from bank_marketing.serving.reading import CustomerFile, lenient_format
from bank_marketing.serving.tasks import Served
from bank_marketing.subject_keys import key_file

MOST_SHOWN = 5


def score_file(
    path: Path, served: Served, warehouse: Path, mapped: Mapped | None = None
) -> tuple[pd.DataFrame, list[str]]:
    """Score the customers of a file by the newest published model.

    Customers who were in the fit, by their number, get the score of the model that hasn't seen them, which is
    the one that the published table has.

    Parameters
    ----------
    path : Path
        The file; only read.
    served : Served
        What to score.
    warehouse : Path
        The published file; only read.
    mapped : Mapped, optional
        How the file is written, if it is none in the raw file's form; the output then has the bank's own keys
        in a column `key`, where those are numbered.

    Returns
    -------
    scores : pandas.DataFrame
        The output columns: one row for each row of the file, in its order, or for each customer of the file,
        by number, if a customer has several rows.
    said : list of str
        What the user should know: the model, what was converted, missing, unknown or repeated.

    Raises
    ------
    UserError
        If the file, the published file or its model won't do.
    """
    with duckdb.connect() as connection:
        attach_published(connection, warehouse)
        shut(connection, tempfile.gettempdir(), path.resolve().parent)
        model = newest_model(connection, warehouse, served)
        scores, said = score_by(model, connection, path, warehouse, mapped)
    return scores, [f"Model {served.name}, version {model.version}, of {warehouse}", *said]


def score_by(
    model: PublishedModel,
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    warehouse: Path,
    mapped: Mapped | None = None,
) -> tuple[pd.DataFrame, list[str]]:
    """Score the customers of a file by a published model.

    Parameters
    ----------
    model : PublishedModel
        Of the published file.
    connection : duckdb.DuckDBPyConnection
        With the published file attached as ``warehouse``; the raw relation is made there.
    path, warehouse, mapped
        See `score_file`.

    Returns
    -------
    scores, said
        See `score_file`; the model isn't said.

    Raises
    ------
    UserError
        See `score_file`.
    """
    served = model.served
    population = model.artefact.get("population", {"typical": served.columns, "levels": {}})
    file, numbers = load_stated(
        connection,
        path,
        model.declaration,
        mapped,
        outcome=served.outcome,
        needed=[served.columns[name] for name in population["typical"]],
        may_be_missing=not served.lookups,
    )
    not_looked_up = _not_looked_up(connection, model.declaration, served, file)
    keys = None if served.lookups else _replace_keys(connection, model.declaration)
    features = model.features(connection)
    if served.last_days:
        features["recency_days"] += _days_behind(connection, *served.last_days)
    blocked = blocked_customers(connection, model.declaration.domain, datetime.now(UTC).date())
    who = features[served.key] if keys is None else keys
    objects, unscored = objecting_customers(connection, warehouse, model.declaration.domain, who)
    said = [*file.notes, *_missing(features, served, file)]
    if model.lacks_key:
        unscored.append(
            f"{key_file(warehouse)} isn't there, so nobody knows who was in the fit: they get the score of"
            " the final model, which has seen them"
        )
    said += _unknown(features, served, population["levels"], file) + not_looked_up
    if keys is not None:
        features[served.key] = keys
        repeated = _repeated(keys, file)
        if repeated and served.is_one_row_a_customer:
            raise UserError(f"{path}: {repeated}, expected one row for each customer. Take the others out.")
        said += [f"{repeated}: each row was scored"] if repeated else []
    may_be, forbidden = may_be_contacted(features[served.key], blocked)
    scored = with_gaps(model.scores(features[~objects].reset_index(drop=True)), objects)
    scored[served.key] = features[served.key]
    scores = scored.assign(may_be_contacted=may_be & ~objects)[list(served.output)]
    if numbers is not None:
        scores.insert(1, "key", own_keys(numbers, scores[served.key]))
    return scores, said + unscored + forbidden


def needed_columns(model: PublishedModel) -> list[str]:
    """Return the columns without which a file isn't scored by a model, as they are headed."""
    served = model.served
    population = model.artefact.get("population", {"typical": served.columns})
    needed = [served.columns[name] for name in population["typical"]]
    lenient = lenient_format(
        model.declaration, served.outcome, needed, may_be_missing=not served.lookups
    ).columns
    return [column.header for column in lenient if not column.is_optional or column.header in needed]


def _replace_keys(connection: duckdb.DuckDBPyConnection, seed_format: SeedFormat) -> pd.Series:
    """Put the row's number in the customer's place while SQL runs, so that repeated customers stay apart."""
    (key,) = seed_format.unique_key
    keys = connection.execute(f'select {key} from "{seed_format.name}" order by source_line').df()[key]
    connection.execute(f'update "{seed_format.name}" set {key} = source_line')
    return keys


def _days_behind(connection: duckdb.DuckDBPyConnection, published: str, of_file: str) -> int:
    """Tell by how many days the file ends before the published data, whose last day recency is counted to."""
    ((days,),) = connection.execute(f"select date_diff('day', ({of_file}), ({published}))").fetchall()
    return max(int(days or 0), 0)


def _missing(features: pd.DataFrame, served: Served, file: CustomerFile) -> list[str]:
    said = [
        f"{header}: missing in {_rows(is_missing)}, the first on line {_line(is_missing, file)}"
        for name, header in served.columns.items()
        if (is_missing := features[name].isna()).any()
    ]
    return [*said, f"  {served.if_missing}"] if said else []


def _unknown(
    features: pd.DataFrame, served: Served, levels: Mapping[str, list[Any]], file: CustomerFile
) -> list[str]:
    said = []
    for name, known in levels.items():
        is_unknown = features[name].notna() & ~features[name].isin(known)
        if is_unknown.any():
            found = features.loc[is_unknown, name].drop_duplicates()
            more = f" and {len(found) - MOST_SHOWN} more" if len(found) > MOST_SHOWN else ""
            said.append(
                f"{served.columns[name]}: the model hasn't seen {', '.join(map(repr, found[:MOST_SHOWN]))}"
                f"{more} (it knows {', '.join(map(str, known))}), in {_rows(is_unknown)}, the first on line"
                f" {_line(is_unknown, file)}"
            )
    return [*said, f"  {served.if_unknown}"] if said else []


def _not_looked_up(
    connection: duckdb.DuckDBPyConnection, seed_format: SeedFormat, served: Served, file: CustomerFile
) -> list[str]:
    """Say which levels of the rows the published lookups don't have."""
    said = []
    for header, known in served.known.items():
        (name,) = (column.name for column in seed_format.columns if column.header == header)
        found = connection.execute(
            f'select {name}, count(*), min(source_line) from "{seed_format.name}"'
            f" where {name} not in ({known}) group by 1 order by 3"
        ).fetchall()
        if found:
            some = ", ".join(repr(level) for level, _, _ in found[:MOST_SHOWN])
            more = f" and {len(found) - MOST_SHOWN} more" if len(found) > MOST_SHOWN else ""
            rows = sum(count for _, count, _ in found)
            in_rows = f"in {rows:,} row{'s' if rows > 1 else ''}"
            said.append(
                f"{header}: the warehouse doesn't know {some}{more}, {in_rows}, the first"
                f" on line {found[0][2] + file.first_line - 1}"
            )
    return [*said, f"  {served.if_unknown}"] if said else []


def _repeated(keys: pd.Series, file: CustomerFile) -> str:
    is_repeated = keys.duplicated(keep=False)
    if not is_repeated.any():
        return ""
    some = keys[is_repeated].drop_duplicates()
    first, second = np.flatnonzero((keys == some.iloc[0]).to_numpy())[:2] + file.first_line
    return (
        f"{len(some):,} customer{'s occur' if len(some) > 1 else ' occurs'} more than once, such as"
        f" {some.iloc[0]} on lines {first} and {second}, in {_rows(is_repeated)}"
    )


def _rows(is_meant: pd.Series) -> str:
    count = int(is_meant.sum())
    return f"{count:,} row{'s' if count > 1 else ''}"


def _line(is_meant: pd.Series, file: CustomerFile) -> int:
    return int(is_meant.to_numpy().argmax()) + file.first_line
