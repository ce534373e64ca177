"""The log of decisions keeps what was committed, and its tables are those that the code knows."""

import os

import postgres_server
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, text

from bank_marketing.errors import UserError
from bank_marketing.service.schema import LEARNED, METADATA
from bank_marketing.service.store import Store


def test_the_migrations_make_the_tables_of_the_schema(store):
    with store.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_postgresql_plans_for_the_log_as_it_is(postgresql):
    """A plan kept since the log was empty reads all of it: half of 500 a second waited for 36 ms."""
    with postgres_server.new_database(postgresql) as url:
        store = Store(url)
        with store.write() as connection:
            assert connection.execute(text("show plan_cache_mode")).scalar() == "force_custom_plan"
        store.close()


def test_sqlite_commits_to_the_disk_and_lets_readers_read(sqlite_url):
    store = Store(sqlite_url)
    with store.write() as connection:
        assert connection.execute(text("pragma synchronous")).scalar() == 2
        assert connection.execute(text("pragma journal_mode")).scalar() == "wal"
        with store.read() as reader:
            assert reader.execute(select(LEARNED)).all() == []
    store.close()


def test_what_sqlite_writes_is_for_its_owner_alone(tmp_path, sqlite_url):
    usual = os.umask(0)
    try:
        store = Store(sqlite_url)
        with store.write() as connection:
            connection.execute(LEARNED.insert(), {"start": "a", "position": 1, "outcomes": {}, "state": b""})
        modes = {file.name.partition("-")[2]: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
        store.close()
    finally:
        os.umask(usual)
    assert modes == dict.fromkeys(("", "wal", "shm"), 0o600)


def test_a_log_is_opened_again_with_what_is_in_it(url):
    row = {"start": "a", "position": 3, "outcomes": {"Email": 1}, "state": b"\0\1"}
    first = Store(url)
    with first.write() as connection:
        connection.execute(LEARNED.insert(), row)
    first.close()

    again = Store(url)
    with again.read() as connection:
        assert connection.execute(select(LEARNED)).mappings().one() == row
    again.close()


def test_a_failed_transaction_leaves_nothing(store):
    with pytest.raises(ZeroDivisionError), store.write() as connection:
        connection.execute(LEARNED.insert(), {"start": "a", "position": 1, "outcomes": {}, "state": b""})
        raise ZeroDivisionError

    with store.read() as connection:
        assert connection.execute(select(LEARNED)).all() == []


@pytest.mark.parametrize(
    "url",
    [
        *("decisions.sqlite", "sqlite://", "sqlite:///:memory:", "sqlite:///file::memory:?uri=true"),
        *("mysql://me@host/log", "postgresql://host"),
    ],
)
def test_what_keeps_no_log_is_refused(url):
    with pytest.raises(UserError, match="expected sqlite:///FILE or postgresql://"):
        Store(url)


def test_a_database_out_of_reach_is_said_without_its_password(tmp_path):
    with pytest.raises(UserError, match="can't be opened") as error:
        Store("postgresql://me:secret@127.0.0.1:1/log")
    assert "secret" not in str(error.value)
    with pytest.raises(UserError, match="can't be opened"):
        Store(f"sqlite:///{tmp_path}/missing/log.sqlite")
