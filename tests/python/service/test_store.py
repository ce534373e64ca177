"""The log of decisions keeps what was committed, and its tables are those that the code knows."""

import os
from datetime import datetime

import postgres_server
import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, text

from bank_marketing.errors import UserError
from bank_marketing.service.schema import LEARNED, METADATA, OUTCOMES
from bank_marketing.service.statements import inserting
from bank_marketing.service.store import Store

MOMENT = datetime(2026, 5, 4, 12)


def test_the_migrations_make_the_tables_of_the_schema(store):
    with store.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_postgresql_finds_by_an_index_from_the_first_row_on(postgresql):
    """A plan kept since the log was empty read all of it: half of 500 a second waited for 36 ms."""
    with postgres_server.new_database(postgresql) as url:
        store = Store(url)
        with store.write() as connection:
            plan = connection.execute(text("explain select 1 from decisions where customer_id = 7")).scalars()
            assert not any("Seq Scan" in line for line in plan)
            assert connection.execute(text("show plan_cache_mode")).scalar() == "force_generic_plan"
        with store.read() as connection:
            assert connection.execute(text("show plan_cache_mode")).scalar() == "force_custom_plan"
        store.close()


def test_postgresql_begins_with_the_first_statement_and_commits_with_the_last(postgresql):
    with postgres_server.new_database(postgresql) as url:
        store, added = Store(url), inserting(OUTCOMES)
        given = dict.fromkeys(("value_usd", "customer_id"), None) | {
            "campaign_channel": "Email",
            "outcome": "declined",
        }
        rows = [
            given | {"decision_id": name, "place": "answer", "recorded_at": MOMENT}
            for name in ("a", "b", "a")
        ]
        with store.write() as connection:
            assert added.run_each(connection, rows, is_last=True) == [("a",), ("b",)]
            with store.read() as reader:
                assert len(reader.execute(select(OUTCOMES)).all()) == 2
        with store.write() as connection, pytest.raises(psycopg.errors.NotNullViolation):
            added.run_each(
                connection, [rows[0] | {"decision_id": "c"}, rows[0] | {"place": None}], is_last=True
            )
        with store.read() as reader:
            assert len(reader.execute(select(OUTCOMES)).all()) == 2
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
