"""The database of the log: SQLite in a file, or PostgreSQL, by its URL."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, InterfaceError, OperationalError, SQLAlchemyError

from bank_marketing.errors import UserError
from bank_marketing.service import round_trips
from bank_marketing.service.statements import as_json

# One order of the log, whatever the number of processes: who writes on PostgreSQL holds a lock of the log's.
LOCK = "select pg_advisory_xact_lock(20261130)"
SECONDS_TO_WAIT = 30
DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgresql+psycopg": "postgresql+psycopg"}


class Store:
    """A log of decisions.

    Parameters
    ----------
    url : str
        Such as ``sqlite:///decisions.sqlite`` or ``postgresql://user@host/database``.

    Raises
    ------
    UserError
        If the URL names no such database, or it can't be opened.
    """

    def __init__(self, url: str) -> None:
        self.url = _checked(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            _make_private(str(self.url.database))
        # Readers never wait for the writer: it has connections of its own.
        self._writing, self.reading = self._engine(_prepare_writing), self._engine(_prepare_postgresql)
        if self.is_sqlite:
            event.listen(self.reading, "begin", lambda connection: connection.exec_driver_sql("begin"))
        else:
            # We begin; psycopg would in a round trip of its own.
            self._writing = self._writing.execution_options(isolation_level="AUTOCOMMIT")
            event.listen(self._writing, "before_cursor_execute", _send_before)
        dbapi = self._writing.dialect.loaded_dbapi
        # SQLAlchemy's, and the driver's own of `statements`.
        self.errors = (SQLAlchemyError, dbapi.Error)
        self._out_of_reach = (OperationalError, InterfaceError, dbapi.OperationalError, dbapi.InterfaceError)
        try:
            self._migrate()
        except self.errors as error:
            raise UserError(
                f"{self.url.render_as_string()}: the log of decisions can't be opened"
                f" ({str(error).splitlines()[0][:300]})."
            ) from error

    def close(self) -> None:
        """Close all connections."""
        self._writing.dispose()
        self.reading.dispose()

    def kept(self) -> Kept:
        """Return a connection for whoever needs one again and again; to write by it, `hold` the log."""
        return Kept(self._writing.connect)

    @contextmanager
    def hold(self, connection: Connection) -> Iterator[Connection]:
        """Hold the log for one transaction, alone of all processes; committed at the end, or nothing is."""
        # SQLAlchemy's own transactions take longer. After a failure the connection is closed or reset.
        own, kept = round_trips.driver(connection), connection.info
        try:
            if self.is_sqlite:
                own.execute("begin immediate")
            else:
                round_trips.wait(kept, "begin", LOCK)
            yield connection
            if self.is_sqlite:
                own.execute("commit")
            elif round_trips.is_in_transaction(connection):
                round_trips.send(connection, [("commit", ())])
        finally:
            round_trips.forget(kept)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Hold the log for one transaction, over a connection of its own."""
        with self._writing.connect() as connection, self.hold(connection):
            yield connection

    def is_out_of_reach(self, error: Exception) -> bool:
        """Tell a database that can't be reached or written from a statement that it refuses."""
        return isinstance(error, self._out_of_reach)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Read one state of the log."""
        with self.reading.begin() as connection:
            yield connection

    def _engine(self, prepare: Callable[[Any, object], None]) -> Engine:
        settings: dict[str, Any] = {"json_serializer": as_json}
        if not self.is_sqlite:
            # A connection that the server closed is found before it is used.
            engine = create_engine(self.url, pool_pre_ping=True, **settings)
            event.listen(engine, "connect", prepare)
            return engine
        engine = create_engine(self.url, connect_args={"timeout": SECONDS_TO_WAIT}, **settings)
        event.listen(engine, "connect", _prepare_sqlite)
        return engine

    def _migrate(self) -> None:
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
        # Alembic leaves a transaction alone that it finds begun.
        with self._writing.connect() as connection, connection.begin(), self.hold(connection):
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


class Kept:
    """A connection that stays open from one use to the next; after a failure another takes its place.

    Parameters
    ----------
    connect : callable
        Opens one.
    """

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self._connection: Connection | None = None

    @contextmanager
    def use(self) -> Iterator[Connection]:
        """Use it, from one thread at a time; a statement sees what is committed by then."""
        try:
            if self._connection is None:
                self._connection = self._connect()
            yield self._connection
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close it, until it is used again."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None


def _make_private(path: str) -> None:
    """Make a log's file, if there is none, for its owner alone; SQLite gives -wal and -shm its mode."""
    # What can't be made SQLite refuses, and says why.
    with suppress(OSError):
        os.close(os.open(path, os.O_RDONLY | os.O_CREAT, 0o600))


def _prepare_postgresql(connection: Any, _record: object) -> None:
    """Have statements planned for the log as it is: one that was planned for an empty log reads all of it."""
    connection.execute("set plan_cache_mode = force_custom_plan")
    connection.commit()


def _prepare_writing(connection: Any, _record: object) -> None:
    """Have statements planned once: the writer's touch few rows, which an index finds in any log."""
    for setting in ("enable_seqscan = off", "enable_hashjoin = off", "enable_mergejoin = off"):
        connection.execute(f"set {setting}")
    connection.execute("set plan_cache_mode = force_generic_plan")
    connection.commit()


def _send_before(connection: Connection, *_: object) -> None:
    """Begin before a statement that goes there by SQLAlchemy."""
    round_trips.send(connection, [])


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # Transactions begin where we say so, not where the driver guesses.
    connection.isolation_level = None
    # FULL: a commit is on the disk before anybody is told of it. NORMAL would lose the newest if power fails.
    for pragma in ("journal_mode = wal", "synchronous = full"):
        connection.execute(f"pragma {pragma}").close()


def _checked(url: str) -> URL:
    expected = "expected sqlite:///FILE or postgresql://USER@HOST/DATABASE"
    try:
        made = make_url(url)
    except ArgumentError as error:
        raise UserError(f"{url!r} is no URL of a database, {expected}.") from error
    is_file = made.database and made.database != ":memory:" and "uri" not in made.query
    if made.drivername not in DRIVERS or not is_file:
        raise UserError(f"{made.render_as_string()}: no database that keeps a log, {expected}.")
    return made.set(drivername=DRIVERS[made.drivername])
