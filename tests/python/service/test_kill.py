"""Killed at any moment: what was acknowledged is there, once, and the posterior equals a replay."""

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import service_process
from decision_frames import Service, publication
from sqlalchemy import select

from bank_marketing.service.deciding import Ask
from bank_marketing.service.learning import AT_ONCE, Learner
from bank_marketing.service.schema import DECISIONS, OUTCOMES
from bank_marketing.service.store import Store

PROGRAM = Path(__file__).parents[1] / "service_process.py"
CLIENTS = 8


class Server:
    """A service in processes of its own, which can be killed with all of them."""

    def __init__(self, url: str, workers: int) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [sys.executable, PROGRAM, url, str(self.port), str(workers)]
        self.process = subprocess.Popen(command, cwd=PROGRAM.parent, start_new_session=True)
        end = time.monotonic() + 180
        while self.health() is None:
            if time.monotonic() > end:
                self.kill()
                pytest.fail("the service doesn't begin")
            time.sleep(0.05)

    def health(self) -> dict | None:
        try:
            return self.call("GET", "/health")[1]
        except OSError:
            return None

    def call(self, method: str, path: str, body: dict | None = None) -> tuple[int, dict]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(
                method, path, json.dumps(body) if body else None, {"content-type": "application/json"}
            )
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Client(threading.Thread):
    """Asks and tells outcomes until the service is gone; remembers what was acknowledged."""

    def __init__(self, server: Server, number: int) -> None:
        super().__init__()
        self.server, self.random = server, random.Random(number)
        self.decided: dict[str, str] = {}
        self.told: set[str] = set()

    def run(self) -> None:
        try:
            while True:
                key = f"{self.random.getrandbits(64):x}"
                body = {
                    "population": "campaign_customers",
                    "customer_id": self.random.randrange(100_000),
                    "idempotency_key": key,
                }
                status, decision = self.server.call("POST", "/decisions", body)
                assert status == 200, decision
                self.decided[key] = decision["decision_id"]
                body = {"decision_id": decision["decision_id"], "has_converted": self.random.random() < 0.3}
                status, told = self.server.call("POST", "/outcomes", body)
                assert status == 200 or told["code"] == "no_contact", told
                if status == 200:
                    self.told.add(decision["decision_id"])
        except (OSError, http.client.HTTPException, ValueError):
            return


def killed_and_looked_at(url: str, *, workers: int, kills: int) -> None:
    decided: dict[str, str] = {}
    told: set[str] = set()
    for number in range(kills):
        server = Server(url, workers)
        clients = [Client(server, 1000 * number + n) for n in range(CLIENTS)]
        for client in clients:
            client.start()
        time.sleep(random.Random(number).uniform(0.3, 1.0))
        server.kill()
        for client in clients:
            client.join(30)
            decided |= client.decided
            told |= client.told

    # The last one lives: it believes what a replay believes.
    server = Server(url, workers)
    store = Store(url)
    try:
        with store.read() as connection:
            keys = dict(
                connection.execute(select(DECISIONS.c.idempotency_key, DECISIONS.c.decision_id)).all()
            )
            columns = select(OUTCOMES.c.position, OUTCOMES.c.decision_id).order_by(OUTCOMES.c.position)
            outcomes = connection.execute(columns).all()
            learner = Learner(service_process.policy())
            while learner.learn(connection) == AT_ONCE:
                pass
            resumed = Learner(service_process.policy())
            resumed.resume(connection)
            while resumed.learn(connection) == AT_ONCE:
                pass
        assert decided
        assert told
        assert {key: keys.get(key) for key in decided} == decided
        counted = Counter(row.decision_id for row in outcomes)
        assert set(counted.values()) == {1}
        assert told <= set(counted)
        # What was written but not yet acknowledged is at most what each client had under way.
        assert len(keys) - len(decided) <= kills * CLIENTS
        assert server.health()["learned_through"] == outcomes[-1].position == learner.position
        assert np.array_equal(resumed.posterior.mean, learner.posterior.mean)
        assert np.array_equal(resumed.posterior.root, learner.posterior.root)
        # A request that is sent again gets the decision of the first.
        key = next(iter(decided))
        with store.read() as connection:
            customer = connection.execute(
                select(DECISIONS.c.customer_id).where(DECISIONS.c.idempotency_key == key)
            ).scalar()
        body = {"population": "campaign_customers", "customer_id": customer, "idempotency_key": key}
        assert server.call("POST", "/decisions", body)[1]["decision_id"] == decided[key]
    finally:
        store.close()
        server.kill()


@pytest.mark.slow
def test_a_kill_loses_nothing_and_doubles_nothing(sqlite_url):
    killed_and_looked_at(sqlite_url, workers=1, kills=1)


@pytest.mark.long
@pytest.mark.parametrize("workers", [1, 2])
def test_twenty_kills_lose_nothing_and_double_nothing(url, workers):
    killed_and_looked_at(url, workers=workers, kills=20)


@pytest.mark.slow
def test_a_polite_end_answers_what_waits_and_ends(sqlite_url):
    server = Server(sqlite_url, 1)
    client = Client(server, 1)
    client.start()
    time.sleep(0.5)
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(20) in (0, -signal.SIGTERM)
    client.join(30)
    store = Store(sqlite_url)
    with store.read() as connection:
        found = set(connection.execute(select(DECISIONS.c.decision_id)).scalars())
    assert found == set(client.decided.values())
    store.close()


def test_one_key_decides_once_across_two_processes(url):
    """Two processes' writers, as two services of one log have them."""
    first, second = (Service(Store(url), of=publication(200), seed=n) for n in (1, 2))
    answers: list[dict[str, str]] = []

    def ask(service):
        got = {}
        for n in range(1, 100):
            (row,) = service.ask(Ask(n, idempotency_key=str(n)))
            got[str(n)] = row["decision_id"]
        answers.append(got)

    threads = [threading.Thread(target=ask, args=(service,)) for service in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers[0] == answers[1]
    assert len(answers[0]) == 99
    for service in (first, second):
        service.store.close()
