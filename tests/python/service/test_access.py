"""Who may ask, how often and how much; what is told of requests, and what isn't."""

import io
import json

import numpy as np
import pytest
from decision_frames import publication
from fastapi.testclient import TestClient
from sqlalchemy import text

from bank_marketing.errors import UserError
from bank_marketing.service.access import Access, is_loopback, stated_key
from bank_marketing.service.answers import Problem
from bank_marketing.service.app import create_app
from bank_marketing.service.bucket import TokenBucket
from bank_marketing.service.rules import Rules
from bank_marketing.service.running import Running
from bank_marketing.service.store import Store
from bank_marketing.service.watching import make_logger

KEY = "a key of the tests"
SOMEBODY = {"population": "campaign_customers", "customer_id": 17}


def client(url, **settings):
    known = publication(500)
    running = Running(Store(url), lambda: known, lambda: 1, Rules(), rng=np.random.default_rng(1))
    return TestClient(create_app(lambda: running, **settings), raise_server_exceptions=False)


@pytest.mark.parametrize("key", [None, "", "a key of the test", KEY + " ", "é" * 20])
def test_without_the_key_only_health_answers(sqlite_url, key):
    headers = {} if key is None else {"X-API-Key": key.encode()}
    with client(sqlite_url, access=Access(KEY)) as asked:
        for answer in (
            asked.post("/decisions", json=SOMEBODY, headers=headers),
            asked.get("/metrics", headers=headers),
            asked.get("/docs", headers=headers),
            asked.get("/nowhere", headers=headers),
        ):
            assert (answer.status_code, answer.json()["code"]) == (401, "no_key")
            Problem.model_validate(answer.json(), extra="forbid")
        assert asked.get("/health", headers=headers).status_code == 200
        right = {"X-API-Key": KEY}
        assert asked.post("/decisions", json=SOMEBODY, headers=right).status_code == 200
        described = asked.get("/openapi.json", headers=right).json()
    assert described["paths"]["/decisions"]["post"]["security"]
    assert "401" in described["paths"]["/lists/{name}"]["get"]["responses"]
    assert "401" not in described["paths"]["/health"]["get"]["responses"]


def test_a_large_body_is_refused_with_and_without_its_length(sqlite_url):
    large = json.dumps(SOMEBODY | {"idempotency_key": "a" * 300}).encode()
    with client(sqlite_url, access=Access(most_bytes=200)) as asked:
        headers = {"Content-Type": "application/json"}
        said = asked.post("/decisions", content=large, headers=headers)
        unsaid = asked.post("/decisions", content=iter([large[:150], large[150:]]), headers=headers)
        assert asked.post("/decisions", json=SOMEBODY).status_code == 200
    for answer in (said, unsaid):
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
        assert "at most 200 bytes" in answer.json()["message"]


def test_more_requests_than_permitted_are_told_when_to_come_again(sqlite_url, tmp_path):
    bucket = TokenBucket(2, tmp_path / "bucket", clock=lambda: 5.0)
    with client(sqlite_url, access=Access(wait=bucket.wait)) as asked:
        answers = [asked.post("/decisions", json=SOMEBODY) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert (answers[2].json()["code"], answers[2].headers["Retry-After"]) == ("too_many_requests", "1")
        assert asked.get("/health").status_code == 200


def test_processes_draw_from_one_bucket(tmp_path):
    now = [100.0]
    first, second = (TokenBucket(10, tmp_path / "bucket", clock=lambda: now[0]) for _ in range(2))
    assert [bucket.wait() for bucket in (first, second) * 5] == [0.0] * 10
    assert first.wait() == second.wait() == pytest.approx(0.1)
    now[0] += 0.25
    assert [first.wait(), second.wait()] == [0.0, 0.0]
    assert second.wait() == pytest.approx(0.05)
    now[0] += 3600
    assert [first.wait() for _ in range(11)][-1] > 0


def test_a_key_comes_from_its_file_or_the_environment_and_is_long_enough(tmp_path):
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    assert stated_key(file, "another key of tests") == KEY
    assert stated_key(None, KEY) == KEY
    assert stated_key(None, "") == ""
    file.write_text("\n")
    for bad in (file, tmp_path / "nowhere"):
        with pytest.raises(UserError, match=bad.name):
            stated_key(bad, KEY)
    with pytest.raises(UserError, match="found 5 characters, expected at least 16"):
        stated_key(None, "short")


def test_which_hosts_only_this_machine_reaches():
    assert all(map(is_loopback, ("127.0.0.1", "127.9.9.9", "::1", "localhost")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "10.0.0.1", "bank.example", "")))  # noqa: S104


def test_requests_are_logged_and_counted_without_customers(sqlite_url):
    log = io.StringIO()
    with client(sqlite_url, logger=make_logger(log)) as asked:
        answer = asked.post(
            "/decisions", json=SOMEBODY | {"customer_id": 431}, headers={"X-Request-ID": "abc-1"}
        )
        assert (answer.status_code, answer.headers["X-Request-ID"]) == (200, "abc-1")
        asked.get(f"/decisions/{answer.json()['decision_id']}")
        asked.get("/decisions/4310", headers={"X-Request-ID": "a 431"})
        asked.get("/customers/431")
        counts = asked.get("/metrics")
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [(line["route"], line["status"]) for line in lines] == [
        ("/decisions", 200),
        ("/decisions/{decision_id}", 200),
        ("/decisions/{decision_id}", 400),
        ("none", 404),
        ("/metrics", 200),
    ]
    assert lines[0]["request_id"] == "abc-1"
    assert len({line["request_id"] for line in lines}) == 5
    assert "431" not in "".join(f"{line['route']}{line['event']}" for line in lines)
    assert answer.json()["decision_id"] not in log.getvalue()
    assert 'requests_total{method="POST",route="/decisions",status="200"} 1.0' in counts.text
    assert "bank_marketing_publication 7.0" in counts.text
    assert "/431" not in counts.text


def test_a_failure_is_logged_by_its_place_and_not_by_what_was_sent(sqlite_url):
    log = io.StringIO()
    asked = client(sqlite_url, logger=make_logger(log))
    with asked:
        with asked.app.state.running.store.write() as connection:
            connection.execute(text("alter table decisions rename to lost"))
        answer = asked.get("/decisions/0123456789abcdef0123456789abcdef")
    assert (answer.status_code, answer.json()["code"]) == (500, "failed")
    (line,) = (json.loads(line) for line in log.getvalue().splitlines())
    assert (line["level"], line["error"]) == ("error", "OperationalError")
    assert answer.headers["X-Request-ID"] == line["request_id"] in answer.json()["message"]
    assert any("explaining.py" in place for place in line["at"])
    assert "0123456789" not in log.getvalue()
