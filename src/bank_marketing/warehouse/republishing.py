"""Which tables of the published file stay as they are, so that a publication needn't write them again.

A table stays if what it follows from (its token, docs/decisions/0006-kept-results.md) and what is said about
it are as they were when it was published, and nobody replaced the file since. Where raw files changed, all
is written anew: a copy holds what was in the tables that are replaced, too, until its place is needed, and
somebody may have asked to be erased.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bank_marketing.seeds.file_content import file_state
from bank_marketing.serving.published_file import publication_target
from bank_marketing.sql_text import sql_text

NOTED = "kept_private.published"
# Beside the paths of tables: what the raw files are, and the state of the published file.
RAW, FILE = "raw files", "published file"


def published_state(published: str) -> str:
    """Return what changes when a published file is replaced; registered as a SQL function.

    Parameters
    ----------
    published : str
        Path that readers open.

    Returns
    -------
    str
        JSON; empty if there is no file.
    """
    target = publication_target(Path(published))
    return json.dumps(file_state(target)) if target.is_file() else ""


def tokens(request: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, str]:
    """Return what each table follows from.

    Parameters
    ----------
    request : mapping
        tokens (by a table's path) and loaded (token of each raw file), None where there is no token.
    said : mapping
        By the path of a table what is said about it.

    Returns
    -------
    dict of str to str
        By path of a table that has a token, and `RAW`; nothing where a raw file has none.
    """
    if not request["loaded"] or None in request["loaded"].values():
        return {}
    told = {path: [request["tokens"].get(path), said[path]] for path in said}
    return {RAW: _digest(request["loaded"])} | {path: _digest(t) for path, t in told.items() if t[0]}


def staying(now: Mapping[str, str], noted: Mapping[str, str], published: Path) -> frozenset[str]:
    """Return the paths of the tables that stay; none if the file has to be written whole.

    Parameters
    ----------
    now : mapping of str to str
        See `tokens`.
    noted : mapping of str to str
        The same of the last publication, and `FILE`.
    published : Path
        The file that readers see.

    Returns
    -------
    frozenset of str
        Paths of tables.
    """
    state = published_state(str(published))
    if not state or noted.get(FILE) != state or RAW not in now or noted.get(RAW) != now[RAW]:
        return frozenset()
    return frozenset(path for path, token in now.items() if path != RAW and noted.get(path) == token)


def note(now: Mapping[str, str], published: Path) -> str:
    """Return the statement that notes what was published, after the file was replaced.

    Parameters
    ----------
    now : mapping of str to str
        See `tokens`; empty to forget.
    published : Path
        The file that readers see.

    Returns
    -------
    str
        SQL.
    """
    rows = [f"({sql_text(path)}, {sql_text(token)})" for path, token in now.items()]
    state = f"({sql_text(FILE)}, published_state({sql_text(str(published))}))"
    return (
        f"create or replace table {NOTED} as from (values {', '.join([state, *rows])}) as told (path, token)"
    )


def _digest(told: Iterable[Any]) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
