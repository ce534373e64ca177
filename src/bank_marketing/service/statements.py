"""Statements that SQLAlchemy puts together once and the driver runs; else that takes longer than running."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Connection, DateTime, Dialect, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.asyncpg import dialect as PostgreSQLDialect  # noqa: N812
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite as SQLiteDialect
from sqlalchemy.types import TypeEngine

from bank_marketing.service import round_trips

Convert = Callable[[Any], Any]
as_json: Callable[[Any], str] = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


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
        return self.run_each(connection, [given])

    def run_each(
        self, connection: Connection, rows: Sequence[Mapping[str, Any]], *, is_last: bool = False
    ) -> list[Sequence[Any]]:
        """Run it for each of some rows in their order, as `run` does.

        `is_last` says that nothing of the transaction follows; PostgreSQL commits it in the same round trip.
        """
        made = self._of(connection.dialect)
        if connection.dialect.name == "sqlite":
            execute = round_trips.driver(connection).execute
            return made.read([row for given in rows for row in execute(made.sql, made.bound(given))])
        sent = [(made.sql, made.bound(given)) for given in rows]
        found = round_trips.send(connection, [*sent, ("commit", ())] if is_last else sent)
        return made.read([row for of_one in found for row in of_one])

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
    order: tuple[tuple[str, Convert | None], ...]
    constants: dict[str, Any]
    found: tuple[tuple[int, Convert], ...]

    def bound(self, given: Mapping[str, Any]) -> list[Any]:
        values = {**self.constants, **given}
        return [convert(values[name]) if convert else values[name] for name, convert in self.order]

    def read(self, rows: list[Sequence[Any]]) -> list[Sequence[Any]]:
        if not self.found:
            return rows
        read = [list(row) for row in rows]
        for row in read:
            for place, convert in self.found:
                row[place] = convert(row[place])
        return list(map(tuple, read))


def _compiled(statement: Any, dialect: Dialect) -> _Compiled:
    # Parameters in their order.
    by_order: type[Dialect] = SQLiteDialect if dialect.name == "sqlite" else PostgreSQLDialect
    made = statement.compile(dialect=by_order())
    found = ((n, _result(column.type, dialect)) for n, column in enumerate(statement.exported_columns))
    return _Compiled(
        str(made),
        tuple(
            (name, _bind(made.binds[name].type, dialect) if made.binds[name].required else None)
            for name in made.positiontup
        ),
        {name: bound.value for name, bound in made.binds.items() if not bound.required},
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
