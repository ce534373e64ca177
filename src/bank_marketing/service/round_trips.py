"""Statements on PostgreSQL by libpq itself: what belongs together goes there and back at once."""

from __future__ import annotations

import select
from collections.abc import Sequence
from typing import Any

from psycopg import OperationalError
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy import Connection

Sent = tuple[str, Sequence[Any]]
# What SQLAlchemy keeps with a connection of the driver: what goes along with its next statement, and what is
# prepared on it.
_WAITING, _PREPARED = "waiting", "prepared"


def driver(connection: Connection) -> Any:
    """Return the driver's own connection; what it does belongs to the transaction of SQLAlchemy's."""
    return connection.connection.driver_connection


def wait(kept: dict[Any, Any], *statements: str) -> None:
    """Have statements sent along with the next one, by what SQLAlchemy keeps with the connection."""
    kept[_WAITING] = [(sql, ()) for sql in statements]


def forget(kept: dict[Any, Any]) -> None:
    """Send none of those that wait."""
    kept.pop(_WAITING, None)


def is_in_transaction(connection: Connection) -> bool:
    """Tell whether a transaction has begun, and not ended."""
    return bool(driver(connection).pgconn.transaction_status != TransactionStatus.IDLE)


def send(connection: Connection, statements: Sequence[Sent]) -> list[list[tuple[Any, ...]]]:
    """Run those that wait, then these, in one round trip.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        To PostgreSQL by psycopg.
    statements : sequence of tuple
        SQL with numbered parameters, and their values.

    Returns
    -------
    list of list of tuple
        Rows of each of these.

    Raises
    ------
    psycopg.Error
        Of the first that failed; those after it haven't run.
    """
    waiting: list[Sent] = connection.info.pop(_WAITING, [])
    made = [*waiting, *statements]
    if not made:
        return []
    own = driver(connection)
    names = [_prepared(connection, sql) for sql, _ in made]
    transformers = [Transformer.from_context(own) for _ in made]
    bound = [
        transformer.dump_sequence(values, [PyFormat.TEXT] * len(values))
        for transformer, (_, values) in zip(transformers, made, strict=True)
    ]
    own.pgconn.enter_pipeline_mode()
    for name, parameters in zip(names, bound, strict=True):
        own.pgconn.send_query_prepared(name, parameters)
    own.pgconn.pipeline_sync()
    results = _results(own.pgconn)
    own.pgconn.exit_pipeline_mode()
    rows = []
    for result, transformer in zip(results, transformers, strict=True):
        _check(result)
        transformer.set_pgresult(result)
        rows.append(transformer.load_rows(0, result.ntuples, tuple))
    return rows[len(waiting) :]


def _prepared(connection: Connection, sql: str) -> bytes:
    """Return the name that a statement has on a connection."""
    names: dict[str, bytes] = connection.info.setdefault(_PREPARED, {})
    if sql not in names:
        name = b"bank_marketing_%d" % len(names)
        _check(driver(connection).pgconn.prepare(name, sql.encode()))
        names[sql] = name
    return names[sql]


def _results(pgconn: Any) -> list[Any]:
    """Return the result of each statement up to the end of the pipeline."""
    results: list[Any] = []
    is_between = False
    while True:
        _wait(pgconn)
        result = pgconn.get_result()
        if result is None and is_between:
            raise OperationalError("the connection to PostgreSQL was lost")
        is_between = result is None
        if result is None:
            continue
        if result.status == ExecStatus.PIPELINE_SYNC:
            return results
        results.append(result)


def _wait(pgconn: Any) -> None:
    """Wait for the next result where other threads run meanwhile; libpq's own waiting would stop them."""
    waiting = select.poll()
    while pgconn.flush():
        waiting.register(pgconn.socket, select.POLLIN | select.POLLOUT)
        waiting.poll()
        pgconn.consume_input()
    while pgconn.is_busy():
        waiting.register(pgconn.socket, select.POLLIN)
        waiting.poll()
        pgconn.consume_input()


def _check(result: Any) -> None:
    if result.status in (ExecStatus.FATAL_ERROR, ExecStatus.PIPELINE_ABORTED):
        raise error_from_result(result)
