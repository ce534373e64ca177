"""The project's models as SQL, without starting dbt: the same files give the same text.

dbt needs seconds to start and locks the working file; a file must be scored at once, and while a build runs.
A test holds what comes out against what dbt compiles.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2.exceptions import TemplateError

from bank_marketing.errors import UserError
from bank_marketing.warehouse.macros import macro_environment, project_variables

REF = re.compile(r"\{\{\s*ref\(['\"](\w+)['\"]\)\s*\}\}")


class ProjectSql:
    """Models and macros of a dbt project, rendered for DuckDB.

    Parameters
    ----------
    folder : Path
        The project's folder.
    relation : callable
        From the name in a ``ref`` to what stands for it in SQL.
    """

    def __init__(self, folder: Path, relation: Callable[[str], str]) -> None:
        self._models = {path.stem: path for path in (folder / "models").rglob("*.sql")}
        self.variables: dict[str, Any] = project_variables(folder)
        self._environment = macro_environment(
            folder, ref=relation, var=lambda name, default=None: self.variables.get(name, default)
        )

    def model(self, name: str) -> str:
        """Return a model's SQL.

        Parameters
        ----------
        name : str
            Name of the model.

        Returns
        -------
        str
            A query, as dbt compiles it, with relations as the project was made with.

        Raises
        ------
        UserError
            If it calls what only dbt has.
        """
        path = self._models[name]
        try:
            return self._environment.from_string(path.read_text(encoding="utf-8")).render().strip()
        except (TemplateError, KeyError) as error:
            raise UserError(
                f"{path}: can't be rendered without dbt ({error}). Add what it calls to"
                " bank_marketing/scoring/rendering.py."
            ) from error

    def macro(self, name: str, *arguments: Any) -> str:
        """Return what a macro gives.

        Parameters
        ----------
        name : str
            Name of the macro.
        *arguments : any
            What it is called with.

        Returns
        -------
        str
            Text, as dbt renders it.
        """
        return str(self._environment.globals[name](*arguments))  # type: ignore[operator]

    def refs(self, name: str) -> list[str]:
        """Return what a model reads.

        Parameters
        ----------
        name : str
            Name of a model; anything else reads nothing.

        Returns
        -------
        list of str
            Names of models and seeds, each once, in the order of the text.
        """
        if name not in self._models:
            return []
        return list(dict.fromkeys(REF.findall(self._models[name].read_text(encoding="utf-8"))))

    def domain(self, name: str) -> str:
        """Return the domain of a model.

        Parameters
        ----------
        name : str
            Name of a model.

        Returns
        -------
        str
            Its domain, which is the schema of the public ones.
        """
        parts = self._models[name].parts
        return parts[len(parts) - 1 - parts[::-1].index("models") + 1]


def create_features(
    sql: ProjectSql,
    features: str,
    raw: str,
    execute: Callable[[str], Any],
    published: Mapping[str, set[str]],
    lookups: Mapping[str, str],
) -> None:
    """Create a feature model, and all that it reads, as views over a raw file that is loaded already.

    What doesn't depend on the raw file comes from the published file.

    Parameters
    ----------
    sql : ProjectSql
        Made with names in double quotes for relations.
    features : str
        Name of the feature model.
    raw : str
        Name of the raw table that is there.
    execute : callable
        Runs a statement.
    published : mapping of str to set of str
        Tables of each domain in the published file, attached as ``warehouse``.
    lookups : mapping of str to str
        Queries for relations that stand for something else here.

    Raises
    ------
    UserError
        If something that it reads is neither made from the raw file nor published.
    """
    made = {raw}

    def depends(name: str) -> bool:
        return name == raw or (name not in lookups and any(depends(other) for other in sql.refs(name)))

    def make(name: str) -> None:
        if name in made:
            return
        made.add(name)
        if name in lookups:
            query = lookups[name]
        elif depends(name):
            for other in sql.refs(name):
                make(other)
            query = sql.model(name)
        elif sql.refs(name) and name in published.get(sql.domain(name), ()):
            query = f'select * from warehouse.{sql.domain(name)}."{name}"'
        else:
            raise UserError(
                f"{features} reads {name}, which is neither made from {raw} nor published. Read a public"
                " model instead."
            )
        execute(f'create view "{name}" as {query}')

    make(features)
