"""Statements that SQLAlchemy puts together once and the driver runs; else that takes longer than running."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Connection, DateTime, Dialect, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite as SQLiteDialect
from sqlalchemy.types import TypeEngine

Convert = Callable[[Any], Any]
as_json: Callable[[Any], str] = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def driver(connection: Connection) -> Any:
    """Return the driver's own connection; what it does belongs to the transaction of SQLAlchemy's."""
    return connection.connection.driver_connection


class Statement:
    """A statement with named parameters; JSON is given as text and returned as values.

    Parameters
    ----------
    build : callable
        Returns it for a dialect, by its name.
    """

    def __init__(self, build: Callable[[str], Any]) -> None:
        self._build = build
        self._compiled: dict[str, _Compiled] = {}

    def run(self, connection: Connection, given: Mapping[str, Any]) -> list[Sequence[Any]]:
        """Run it once.

        Parameters
        ----------
        connection : sqlalchemy.Connection
            Of a transaction.
        given : mapping of str to any
            A value for each parameter.

        Returns
        -------
        list of tuple
            Rows.
        """
        made = self._of(connection.dialect)
        return made.read(driver(connection).execute(made.sql, made.bound(given)).fetchall())

    def run_each(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[Sequence[Any]]:
        """Run it for each of some rows in their order, as `run` does."""
        if len(rows) == 1 or connection.dialect.name == "sqlite":
            return [found for given in rows for found in self.run(connection, given)]
        made = self._of(connection.dialect)
        with driver(connection).cursor() as cursor:
            # All are on their way before the first is answered.
            cursor.executemany(made.sql, [made.bound(given) for given in rows], returning=True)
            found = cursor.fetchall()
            while cursor.nextset():
                found += cursor.fetchall()
        return made.read(found)

    def _of(self, dialect: Dialect) -> _Compiled:
        if dialect.name not in self._compiled:
            self._compiled[dialect.name] = _compiled(self._build(dialect.name), dialect)
        return self._compiled[dialect.name]


def inserting(table: Table) -> Statement:
    """Return what adds a row unless it is there already, and returns the decision of one that is new.

    Parameters
    ----------
    table : sqlalchemy.Table
        Of decisions or outcomes; it numbers its rows itself.

    Returns
    -------
    Statement
    """
    given = {column.name: bindparam(column.name, type_=column.type) for column in table.c}
    del given["position"]

    def build(dialect: str) -> Any:
        insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
        return insert(table).values(given).on_conflict_do_nothing().returning(table.c.decision_id)

    return Statement(build)


@dataclass(frozen=True)
class _Compiled:
    """SQL as the driver takes it, and what becomes of values on their way there and back."""

    sql: str
    constants: dict[str, Any]
    given: tuple[tuple[str, Convert | None], ...]
    found: tuple[tuple[int, Convert], ...]

    def bound(self, given: Mapping[str, Any]) -> dict[str, Any]:
        values = self.constants.copy()
        for name, convert in self.given:
            values[name] = convert(given[name]) if convert else given[name]
        return values

    def read(self, rows: list[Sequence[Any]]) -> list[Sequence[Any]]:
        if not self.found:
            return rows
        read = [list(row) for row in rows]
        for row in read:
            for place, convert in self.found:
                row[place] = convert(row[place])
        return list(map(tuple, read))


def _compiled(statement: Any, dialect: Dialect) -> _Compiled:
    if isinstance(dialect, SQLiteDialect):
        # Parameters by name, as psycopg has them.
        dialect = SQLiteDialect(paramstyle="named")
    made = statement.compile(dialect=dialect)
    found = ((n, _result(column.type, dialect)) for n, column in enumerate(statement.exported_columns))
    return _Compiled(
        str(made),
        {name: bound.value for name, bound in made.binds.items() if not bound.required},
        tuple((name, _bind(bound.type, dialect)) for name, bound in made.binds.items() if bound.required),
        tuple((n, convert) for n, convert in found if convert),
    )


def _bind(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    if isinstance(kind, DateTime) and dialect.name == "sqlite":
        return _moment
    return None if isinstance(kind, JSON) else kind.dialect_impl(dialect).bind_processor(dialect)


def _moment(value: datetime | None) -> str | None:
    """Return a moment as SQLAlchemy has it in SQLite, whose way there is a long one."""
    return None if value is None else value.isoformat(" ", "microseconds")


def _result(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
