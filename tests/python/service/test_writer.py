"""The writer answers what is durable, lets a bad row fail alone, and tells when it is dead."""

import asyncio
import threading

import postgres_server
import psycopg
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, OperationalError

from bank_marketing.service.schema import LEARNED
from bank_marketing.service.store import Store
from bank_marketing.service.writer import MOST_WAITING, UnavailableError, Writer


class Inserts:
    """Writes a row for each request; remembers how many came together."""

    def __init__(self):
        self.batches = []

    def __call__(self, connection, requests):
        self.batches.append(len(requests))
        for name in requests:
            connection.execute(LEARNED.insert(), {"start": name, "position": 1, "outcomes": {}, "state": b""})
        return [f"wrote {name}" for name in requests]


def names(store):
    with store.read() as connection:
        return sorted(connection.execute(select(LEARNED.c.start)).scalars())


async def ask_all(writer, requests):
    return await asyncio.gather(*map(writer.ask, requests), return_exceptions=True)


def test_what_is_answered_is_in_the_log(store):
    writer = Writer(store, Inserts())
    assert asyncio.run(ask_all(writer, ["a", "b"])) == ["wrote a", "wrote b"]
    assert names(store) == ["a", "b"]
    writer.close()


def test_what_waits_together_is_committed_together(store):
    inserts, go = Inserts(), threading.Event()

    def wait_first(connection, requests):
        go.wait(10)
        return inserts(connection, requests)

    writer = Writer(store, wait_first)

    async def ask():
        asked = [asyncio.ensure_future(writer.ask(str(n))) for n in range(50)]
        await asyncio.sleep(0.05)
        go.set()
        return await asyncio.gather(*asked)

    assert len(asyncio.run(ask())) == 50
    assert sum(inserts.batches) == 50
    assert len(inserts.batches) <= 2
    writer.close()


def test_a_bad_row_fails_alone(store):
    writer = Writer(store, Inserts())
    asyncio.run(ask_all(writer, ["b"]))
    answers = asyncio.run(ask_all(writer, ["a", "b", "c"]))
    assert answers[0] == "wrote a"
    assert isinstance(answers[1], IntegrityError)
    assert answers[2] == "wrote c"
    assert names(store) == ["a", "b", "c"]
    assert writer.problem == ""
    writer.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_dead_writer_refuses_and_leaves_nobody_waiting(store):
    def die(connection, requests):
        raise SystemExit

    writer = Writer(store, die)
    answers = asyncio.run(ask_all(writer, ["a", "b"]))
    assert all(isinstance(answer, UnavailableError) for answer in answers)
    assert "died" in writer.problem
    with pytest.raises(UnavailableError, match="died"):
        asyncio.run(writer.ask("c"))
    writer.close()
    assert names(store) == []


def test_a_database_out_of_reach_is_told_and_tried_again(store):
    broken = True

    def handle(connection, requests):
        if broken:
            raise OperationalError("insert", {}, type("OperationalError", (Exception,), {})("gone"))
        return requests

    writer = Writer(store, handle)
    with pytest.raises(UnavailableError, match="can't be written"):
        asyncio.run(writer.ask("a"))
    assert "can't be written" in writer.problem
    broken = False
    assert asyncio.run(writer.ask("a")) == "a"
    assert writer.problem == ""
    writer.close()


def test_a_connection_that_broke_is_replaced(postgresql):
    with postgres_server.new_database(postgresql) as url:
        store = Store(url)
        writer = Writer(store, Inserts())
        asyncio.run(writer.ask("a"))
        with psycopg.connect(url, autocommit=True) as other:
            other.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )
        with pytest.raises(UnavailableError, match="can't be written"):
            asyncio.run(writer.ask("b"))
        assert asyncio.run(writer.ask("c")) == "wrote c"
        assert writer.problem == ""
        assert names(store) == ["a", "c"]
        writer.close()
        store.close()


def test_what_waits_is_written_before_the_end_and_nothing_after(store):
    writer = Writer(store, Inserts())

    async def ask_and_close():
        asked = asyncio.ensure_future(writer.ask("a"))
        await asyncio.sleep(0)
        await asyncio.to_thread(writer.close)
        return await asked

    assert asyncio.run(ask_and_close()) == "wrote a"
    with pytest.raises(UnavailableError, match="ending"):
        asyncio.run(writer.ask("b"))
    assert names(store) == ["a"]


def test_too_many_that_wait_are_refused(store):
    go = threading.Event()
    writer = Writer(store, lambda connection, requests: go.wait(10) and requests)

    async def flood():
        asked = [asyncio.ensure_future(writer.ask(n)) for n in range(MOST_WAITING + 300)]
        await asyncio.sleep(0.05)
        go.set()
        return await asyncio.gather(*asked, return_exceptions=True)

    answers = asyncio.run(flood())
    refused = [answer for answer in answers if isinstance(answer, UnavailableError)]
    assert 0 < len(refused) <= 300
    assert "waiting" in str(refused[0])
    writer.close()


def test_what_else_there_is_to_write_has_its_turn(store):
    done = threading.Event()

    def tick(connection):
        rows = connection.execute(select(func.count()).select_from(LEARNED)).scalar()
        Inserts()(connection, [f"tick {rows}"])
        if rows:
            done.set()

    writer = Writer(store, Inserts(), tick, seconds=0.01)
    assert done.wait(10)
    writer.close()
    assert names(store)[:2] == ["tick 0", "tick 1"]
