"""The newest published artefact of a model, if it may be used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

from bank_marketing.errors import UserError
from bank_marketing.fitting.artefacts import ArtefactError, load_artefact
from bank_marketing.fitting.fits import Task, why_not_to_score


def newest_artefact(
    connection: duckdb.DuckDBPyConnection, path: Path, task: Task
) -> tuple[int, dict[str, Any]]:
    """Return the newest version of a model in a published file.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        With the published file attached as ``warehouse``.
    path : Path
        The file, for messages.
    task : Task
        The task that fits the model.

    Returns
    -------
    version : int
        model_version.
    artefact : dict of str to any
        What scoring needs.

    Raises
    ------
    UserError
        If there is no such model, it had insufficient data, or `why_not_to_score` says why.
    """
    name = task.name
    try:
        newest = connection.execute(
            "select model_version, status, params, artefact"
            " from warehouse.evaluation.model_registry where model_name = $name"
            " order by model_version desc limit 1",
            {"name": name},
        ).fetchall()
    except duckdb.CatalogException as error:
        raise UserError(f"{path}: no models are published there. Build it anew: make build") from error
    if not newest:
        raise UserError(
            f"{path}: found no fitted model {name!r}, expected one. Build the domain with it: make build"
        )
    version, status, params_text, data = newest[0]
    params = json.loads(params_text)
    if status != "fitted":
        raise UserError(
            f"{path}: the model {name!r} (version {version}) had insufficient data:"
            f" {params['reason'].removesuffix('.')}. Nothing can be scored until it was built with more."
        )
    if reason := why_not_to_score(task, params):
        raise UserError(
            f"{path}: version {version} of the model {name!r} {reason}."
            " Build anew, which refits it: make build"
        )
    try:
        return int(version), load_artefact(data)
    except ArtefactError as error:
        raise UserError(f"{path}: {name}, version {version}: {error} Build anew: make build") from error
