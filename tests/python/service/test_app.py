"""The service over HTTP: what it answers, what it refuses, and that it says so in one shape."""

import time
from collections.abc import Iterator

import numpy as np
import pytest
from decision_frames import GREEDY, Clock, policy, publication
from fastapi.testclient import TestClient
from sqlalchemy import select, text

from bank_marketing.service.answers import Problem
from bank_marketing.service.app import create_app
from bank_marketing.service.rules import Rules
from bank_marketing.service.running import Running
from bank_marketing.service.schema import DECISIONS
from bank_marketing.service.store import Store

SOMEBODY = {"population": "campaign_customers", "customer_id": 1}
UNKNOWN = "0" * 32


class Served:
    """A service in this process, whose publication a test may replace."""

    def __init__(self, url: str) -> None:
        self.clock, self.current = Clock(), publication(500, policy=policy(cost=policy().cost * 0))
        rules = Rules(holdout_share=0.0)
        self.running = Running(
            Store(url),
            lambda: self.current,
            lambda: id(self.current),
            rules,
            clock=self.clock,
            rng=np.random.default_rng(1),
        )
        self.client = TestClient(create_app(lambda: self.running), raise_server_exceptions=False)

    def decide(self, customer: int = 1, **more) -> dict:
        answer = self.client.post("/decisions", json=SOMEBODY | {"customer_id": customer} | more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def report(self, decision: dict, **what) -> dict:
        answer = self.client.post("/outcomes", json={"decision_id": decision["decision_id"], **what})
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def served(sqlite_url: str) -> Iterator[Served]:
    made = Served(sqlite_url)
    with made.client:
        yield made


def test_a_decision_is_answered_logged_explained_and_told_its_outcome(served):
    answer = served.decide(3, idempotency_key="a")
    assert answer["action"]
    assert answer["decided_at"] == "2026-03-02T12:00:00Z"
    assert served.decide(3, idempotency_key="a") == answer
    assert served.report(answer, has_converted=True, value_usd=5.5)["taken_as"] == "answer"

    found = served.client.get(f"/decisions/{answer['decision_id']}").json()
    assert found["decision"] == answer
    assert [one["outcome"] for one in found["outcomes"]] == ["converted"]
    assert found["candidates"]["stage"] == [""] * 5
    said = " ".join(found["explanation"])
    for word in (answer["action"]["campaign_type"], answer["action"]["campaign_channel"], "converted"):
        assert word in said
    assert "age" not in said


REFUSED = {
    "text for a number": ("/decisions", SOMEBODY | {"customer_id": "1"}, 400),
    "text for a truth": ("/outcomes", {"decision_id": UNKNOWN, "has_converted": "true"}, 400),
    "number too large": ("/decisions", SOMEBODY | {"customer_id": 2**63}, 400),
    "context too large": (
        "/decisions",
        {"population": "campaign_customers", "context": {"age_years": 1e300}},
        400,
    ),
    "nobody": ("/decisions", {"population": "campaign_customers"}, 400),
    "another population": ("/decisions", {"population": "bank_customers", "customer_id": 1}, 400),
    "another field": ("/decisions", SOMEBODY | {"colour": "red"}, 400),
    "key with a zero byte": ("/decisions", SOMEBODY | {"idempotency_key": "a\0"}, 400),
    "unknown channel": ("/decisions", SOMEBODY | {"channels": ["Fax"]}, 400),
    "no name of a decision": ("/outcomes", {"decision_id": "x", "has_converted": True}, 400),
    "nothing happened": ("/outcomes", {"decision_id": UNKNOWN}, 400),
    "two things at once": (
        "/outcomes",
        {"decision_id": UNKNOWN, "has_converted": True, "event": "complained"},
        400,
    ),
    "value of no conversion": (
        "/outcomes",
        {"decision_id": UNKNOWN, "has_converted": False, "value_usd": 1.0},
        400,
    ),
    "unknown customer": ("/decisions", SOMEBODY | {"customer_id": 10**9}, 404),
    "unknown decision": ("/outcomes", {"decision_id": UNKNOWN, "has_converted": True}, 404),
    "unknown route": ("/decision", SOMEBODY, 404),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_makes_no_sense_is_refused_in_one_shape_and_not_logged(served, case):
    path, body, status = REFUSED[case]
    answer = served.client.post(path, json=body)
    assert answer.status_code == status, answer.text
    Problem.model_validate(answer.json(), extra="forbid")
    with served.running.store.read() as connection:
        assert connection.execute(select(DECISIONS)).all() == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"population": NaN}', b"\xff\xfe", b"1e999"])
def test_what_is_no_request_is_refused(served, content):
    answer = served.client.post("/decisions", content=content)
    assert answer.status_code == 400, answer.text
    Problem.model_validate(answer.json())


def test_a_second_outcome_is_refused_with_the_reason(served):
    decision = served.decide()
    served.report(decision, has_converted=True)
    body = {"decision_id": decision["decision_id"], "has_converted": True}
    answer = served.client.post("/outcomes", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "second_outcome")


def test_an_outcome_is_in_the_next_decision_within_a_moment(served):
    before = served.decide(1)
    served.report(before, has_converted=True)
    seen = wait_for(lambda: served.running.keeper.state.belief.learned_through)
    assert seen == 1
    assert served.decide(2)["learned_through"] == 1


def test_another_publication_is_taken_up_and_a_faulty_one_is_not(served, tmp_path):
    assert served.decide(1)["publication"] == 7
    served.current = good = publication(500, number=8, policy=policy(rule=GREEDY))
    served.running.keeper.look()
    answer = served.decide(2)
    assert (answer["publication"], answer["policy"]) == (8, "greedy")

    class Faulty:
        def __getattr__(self, name):
            raise OSError(f"{tmp_path}/sample.duckdb is half written")

    served.current = Faulty()
    served.running.keeper.look()
    assert served.decide(3)["publication"] == 8
    health = served.client.get("/health")
    assert health.status_code == 200
    assert "half written" in health.json()["warning"]
    assert str(tmp_path) not in health.json()["warning"]
    # Who puts the former one back has ended the trouble.
    served.current = good
    served.running.keeper.look()
    assert served.client.get("/health").json()["warning"] == ""


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ('{"population": "campaign_customers", "customer_id": 1, "idempotency_key": "a"}', 200),
        ('{"population": "campaign_customers", "customer_id": 2, "idempotency_key": "a"}', 409),
        ('{"population": "campaign_customers", "customer_id": 9999}', 404),
        ('{"population": "campaign_customers", "customer_id": "1"}', 400),
        ('{"population": "campaign_customers"}', 400),
        ('{"population": ', 400),
        ("[" * 100_000, 400),
        ("1" * 5000, 400),
        ("", 400),
    ],
)
def test_usual_requests_and_others_are_answered_alike(served, body, status):
    served.decide(1, idempotency_key="a")
    answers = [
        served.client.post("/decisions", content=body, headers={"content-type": kind})
        for kind in ("application/json", "application/json; charset=utf-8")
    ]
    assert [answer.status_code for answer in answers] == [status, status]
    assert answers[0].json() == answers[1].json()
    assert {answer.headers["content-type"] for answer in answers} == {"application/json"}
    counted = served.client.get("/metrics").text
    assert f'method="POST",route="/decisions",status="{status}"' in counted


def test_a_request_without_its_type_is_no_json(served):
    answer = served.client.post(
        "/decisions", content='{"population": "campaign_customers", "customer_id": 1}'
    )
    assert answer.status_code == 400


def test_health_warns_while_outcomes_cannot_be_learned(served, monkeypatch):
    def warning():
        return served.client.get("/health").json()["warning"]

    with monkeypatch.context() as patch:
        patch.setattr(served.running.keeper, "catch_up", lambda: 1 / 0)
        assert "ZeroDivisionError" in wait_for(warning)
    assert wait_for(lambda: not warning())


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_dead_writer_turns_health_red_and_requests_into_503(served):
    assert served.client.get("/health").json()["status"] == "ok"

    def die(connection, requests):
        raise SystemExit

    served.running.writer._handle = die
    for _ in range(2):
        answer = served.client.post("/decisions", json=SOMEBODY)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    health = served.client.get("/health")
    assert health.status_code == 503
    assert "died" in health.json()["problem"]


def test_a_failure_within_is_told_in_the_same_shape(served):
    with served.running.store.write() as connection:
        connection.execute(text("drop table outcomes"))
        connection.execute(text("alter table decisions rename to lost"))
    answer = served.client.get(f"/decisions/{UNKNOWN}")
    assert answer.status_code == 500
    Problem.model_validate(answer.json())


def test_every_route_documents_what_it_refuses(served):
    paths = served.client.get("/openapi.json").json()["paths"]
    documented = {
        (method, path): set(operation["responses"])
        for path, of_path in paths.items()
        for method, operation in of_path.items()
    }
    assert documented["post", "/decisions"] == {"200", "400", "404", "409", "413", "503"}
    assert documented["post", "/outcomes"] == {"200", "400", "404", "409", "413", "503"}
    assert documented["get", "/decisions/{decision_id}"] == {"200", "400", "404"}
    assert documented["get", "/health"] == {"200", "503"}


def wait_for(find, seconds=5.0):
    """Return what is found, as soon as it is something."""
    end = time.monotonic() + seconds
    while not (found := find()) and time.monotonic() < end:
        time.sleep(0.01)
    return found
