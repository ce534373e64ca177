"""The project's macros without starting dbt, for `score`."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined

from bank_marketing.sql_text import sql_text

MACRO = re.compile(r"\{%-?\s*macro\s+(\w+)")


def macro_environment(folder: Path, **names: Any) -> Environment:
    """Return a Jinja environment that knows a project's macros and what they ask of dbt, for DuckDB.

    Parameters
    ----------
    folder : Path
        The project's folder.
    **names : any
        What else templates may call.

    Returns
    -------
    jinja2.Environment
        With each macro as a global.
    """
    variables = project_variables(folder)
    environment = Environment(undefined=StrictUndefined, extensions=["jinja2.ext.do"])
    known: Any = environment.globals
    for path in (folder / "macros").rglob("*.sql"):
        text = path.read_text(encoding="utf-8")
        for name in MACRO.findall(text):
            known[name] = _macro(environment, text, name)
    known |= {
        "var": lambda name, default=None: variables.get(name, default),
        "return": lambda value: value,
        "context": known,
        "adapter": SimpleNamespace(
            dispatch=lambda name, package=None: known.get(f"duckdb__{name}") or known[f"default__{name}"]
        ),
        "dbt": SimpleNamespace(
            string_literal=sql_text,
            type_string=lambda: "TEXT",
            type_timestamp=lambda: "TIMESTAMP",
            date_trunc=lambda part, day: f"date_trunc('{part}', {day})",
            dateadd=lambda part, count, day: f"({day} + cast({count} as bigint) * interval 1 {part})",
            datediff=lambda first, second, part: (
                f"(date_diff('{part}', {first}::timestamp, {second}::timestamp ))"
            ),
        ),
        **names,
    }
    return environment


def project_variables(folder: Path) -> dict[str, Any]:
    """Return the variables of a project, as dbt_project.yml has them.

    Parameters
    ----------
    folder : Path
        The project's folder.

    Returns
    -------
    dict of str to any
        By name.
    """
    project = yaml.safe_load((folder / "dbt_project.yml").read_text(encoding="utf-8"))
    return dict(project.get("vars", {}))


def _macro(environment: Environment, text: str, name: str) -> Callable[..., str]:
    @cache
    def load() -> Callable[..., str]:
        # Not before the first call, since macros call each other.
        made: Callable[..., str] = getattr(environment.from_string(text).module, name)
        return made

    return lambda *arguments, **named: load()(*arguments, **named)
