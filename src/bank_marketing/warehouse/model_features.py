"""How the features of each served model are made, for the published file."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

from bank_marketing.errors import UserError
from bank_marketing.serving.tasks import NO_RULES, STORED, Served

PUBLISHED = re.compile(r"\bwarehouse[.](\w+[.]\w+)")
# No text of the project's SQL has a line break in it.
NOTHING = re.compile(r"\n\s*(--[^\n]*\n\s*)*")
COLUMNS = ("domain", "model_name", "sql", "lookups", "declaration", "vars")


def model_features(
    nodes: Collection[Mapping[str, Any]], seeds: Mapping[str, Any], domains: Collection[str]
) -> list[dict[str, str]]:
    """Return a row of `evaluation.model_features` for each served model of some domains.

    Parameters
    ----------
    nodes : collection of mapping
        What dbt built: unique_id, domain, depends_on (unique ids) and, of models, relation (as compiled code
        names it), sql (None of a Python model), is_public and settings (its ``meta``).
    seeds : mapping of str to any
        By a raw file's name its declaration, as dbt has it.
    domains : collection of str
        Those that this run built whole.

    Returns
    -------
    list of dict of str to str
        `COLUMNS`; the last three as JSON. Models whose features the project doesn't have are left out.

    Raises
    ------
    UserError
        If features read what is neither made from the raw file nor published.
    """
    by_name = {node["unique_id"].split(".")[2]: node for node in nodes if node["domain"]}
    rows = []
    for served in STORED:
        node = by_name.get(served.features)
        if not node or node["domain"] not in domains:
            continue
        sql = features_sql(by_name, served)
        settings = by_name[served.settings]["settings"] if served.settings else {}
        rows.append(
            {
                "domain": node["domain"],
                "model_name": served.name,
                "sql": sql,
                "lookups": json.dumps(sorted(set(PUBLISHED.findall(sql)))),
                "declaration": json.dumps(_declaration(seeds[served.raw], node["domain"])),
                "vars": json.dumps({name: settings[name] for name in served.variables}),
            }
        )
    return rows


def features_sql(by_name: Mapping[str, Mapping[str, Any]], served: Served) -> str:
    """Return all that dbt compiled between a raw file and the features of a model, as one query.

    Parameters
    ----------
    by_name : mapping of str to mapping
        The nodes, see `model_features`.
    served : Served
        The model.

    Returns
    -------
    str
        A query of the raw relation, by its bare name, and of tables in ``warehouse``.
    """
    steps: dict[str, str] = {}
    lookups = {**NO_RULES, **served.lookups}

    def depends(name: str) -> bool:
        is_own = name not in lookups and any(map(depends, _reads(by_name, name)))
        return name == served.raw or is_own

    def add(name: str) -> None:
        if name == served.raw or name in steps:
            return
        node = by_name.get(name, {})
        if name in lookups:
            steps[name] = lookups[name]
        elif not depends(name) and node.get("is_public"):
            steps[name] = f"select * from warehouse.{node['domain']}.{name}"
        elif depends(name) and node["sql"]:
            sql = node["sql"]
            for read in _reads(by_name, name):
                add(read)
                sql = sql.replace(by_name[read]["relation"], f'"{read}"')
            # Half of it is indentation, and lines with nothing in them or a remark.
            steps[name] = NOTHING.sub("\n", sql.strip())
        else:
            raise UserError(
                f"{served.features} reads {name}, which is neither made by SQL from {served.raw} nor"
                " published. Read a public model instead."
            )

    add(served.features)
    written = ",\n".join(f'"{name}" as (\n{sql}\n)' for name, sql in steps.items())
    return f'with\n{written}\nselect * from "{served.features}"'


def _declaration(seed: Mapping[str, Any], domain: str) -> dict[str, Any]:
    """Keep of what dbt knows of a raw file what its declaration says."""
    columns = [
        {
            **{name: column[name] for name in ("name", "description", "data_type")},
            "config": {"meta": column["config"]["meta"]},
        }
        for column in seed["columns"]
    ]
    return {**seed, "domain": domain, "columns": columns}


def _reads(by_name: Mapping[str, Mapping[str, Any]], name: str) -> list[str]:
    return [unique_id.split(".")[2] for unique_id in by_name[name]["depends_on"]] if name in by_name else []
