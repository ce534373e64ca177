"""The commands about the log: explained in words, exported for the next build, fed by a file of events."""

import csv
import json
import sys
import threading
from datetime import timedelta

import duckdb
import numpy as np
import pandas as pd
import pytest
import uvicorn
from decision_frames import GREEDY, NOW, RULES, Service, policy, publication, row_of
from project_copies import REPOSITORY
from sqlalchemy import select

from bank_marketing import cli
from bank_marketing.campaigns.known_outcomes import kept_outcomes, read_outcomes
from bank_marketing.methods.bayesian_logistic import correct, update
from bank_marketing.seeds.formats import find_format, read_formats
from bank_marketing.seeds.row_sql import read_text, select_rows
from bank_marketing.service.access import Access
from bank_marketing.service.app import create_app
from bank_marketing.service.deciding import Ask
from bank_marketing.service.export_decisions import COLUMNS, export
from bank_marketing.service.learning import Learner
from bank_marketing.service.outcomes import Report
from bank_marketing.service.rules import Rules
from bank_marketing.service.running import Running
from bank_marketing.service.schema import DECISIONS
from bank_marketing.service.store import Store

SENT_KEY = "a key of the service"


@pytest.fixture
def service(store):
    return Service(store, of=publication(50, policy=policy(cost=policy().cost * 0)))


def exported(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_export_tells_what_came_of_each_decision(store, service, tmp_path):
    one, two, three, four = service.ask(*[Ask(n) for n in range(1, 5)])
    service.ask(Ask(context={"age_years": 50.0}), Ask(1))
    service.clock.forward(days=1)
    service.ask(Report(one["decision_id"], "converted"), Report(two["decision_id"], "declined"))
    service.ask(Report(three["decision_id"], "not_delivered"))
    service.clock.forward(days=RULES.answer_days)
    service.tick()
    service.clock.forward(days=1)
    service.ask(Report(two["decision_id"], "converted"))

    assert export(store, tmp_path / "log.csv") == (5, 3)
    rows = exported(tmp_path / "log.csv")
    assert [row["outcome"] for row in rows] == ["1", "1", "", "0", ""]
    assert [row["outcome_at"][:10] for row in rows] == ["2026-03-03", "2026-04-03", "", "2026-04-02", ""]
    assert rows[4]["campaign_type"] == rows[4]["campaign_channel"] == ""
    # Who was contacted a moment ago isn't eligible for any.
    told = json.loads(rows[4]["candidates"])
    assert told.pop("no contact") == 1.0
    assert len(told) == 4
    assert set(told.values()) == {None}
    assert rows[0]["policy_version"] == "Thompson sampling 3"
    chosen = f"{four['campaign_type']}/{four['campaign_channel']}"
    assert json.loads(rows[3]["candidates"])[chosen] == float(rows[3]["probability"])


def test_the_export_is_what_the_seed_loader_takes(store, service, tmp_path):
    decided = service.ask(*[Ask(n) for n in range(1, 51)])
    service.ask(*[Report(row["decision_id"], "declined") for row in decided[:20]])
    path = tmp_path / "raw_campaign_decisions.csv"
    export(store, path)
    declared = find_format("raw_campaign_decisions", read_formats(REPOSITORY / "seeds" / "formats"))
    with duckdb.connect() as connection:
        names = list(COLUMNS)
        rows = select_rows(declared, names, read_text(str(path), names, "rejects"))
        found = connection.execute(f"select rejection_reason, count(*) from ({rows}) group by 1").fetchall()
    assert found == [(None, 50)]


def test_outcomes_that_a_publication_knows_are_not_learned_again(store, service, tmp_path):
    asked = service.ask(*[Ask(n) for n in range(1, 4)], Ask(context={"age_years": 50.0}))
    yes, no, later, unknown = (row["decision_id"] for row in asked)
    service.ask(Report(yes, "converted"), Report(no, "declined"), Report(unknown, "converted"))
    export(store, tmp_path / "log.csv")
    service.ask(Report(later, "converted"), Report(no, "converted"))
    log = pd.DataFrame(exported(tmp_path / "log.csv")).rename(columns={"outcome": "has_converted"})
    log = log[log["has_converted"] != ""].astype({"has_converted": int})

    learner = Learner(policy(known=read_outcomes(kept_outcomes(log))))
    with store.read() as connection:
        learner.learn(connection)

    # Of a customer whom the file doesn't name, what came later, and that the no has become a yes.
    expected = learner.start.posterior
    for row in (asked[3], asked[2]):
        expected = update(expected, row_of(row), np.array(1.0))
    expected = correct(expected, row_of(asked[1]))
    np.testing.assert_array_equal(learner.posterior.mean, expected.mean)
    assert sum(learner.outcomes.values()) == 2


def run(capsys, *words):
    status = cli.main([str(word) for word in words])
    return status, *capsys.readouterr()


def test_a_customer_is_told_why_as_of_a_day(sqlite_url, capsys):
    service = Service(Store(sqlite_url), of=publication(50, policy=policy(cost=policy().cost * 0)))
    (row,) = service.ask(Ask(1))
    service.clock.forward(days=5)
    service.ask(Report(row["decision_id"], "complained"))
    service.ask(Ask(1))
    service.store.close()
    words = ("explain", "--population", "campaign_customers", "--database", sqlite_url, "--id")

    status, newest, _ = run(capsys, *words, 1)
    assert status == 0
    assert "No contact was chosen" in newest
    assert "complained after an earlier contact" in newest
    _, earlier, _ = run(capsys, *words, 1, "--at", NOW.date())
    assert f"A {row['campaign_type']} campaign by {row['campaign_channel']} was chosen" in earlier
    assert "The customer complained" in earlier
    assert run(capsys, *words, 1, "--all")[1] == earlier + newest
    status, _, said = run(capsys, *words, 1, "--at", NOW.date() - timedelta(days=1))
    assert status == 1
    assert "no decision about customer 1 of campaign_customers up to 2026-03-01" in said


@pytest.fixture
def address(sqlite_url):
    """Serve in a thread; yield where."""
    current = publication(50, policy=policy(rule=GREEDY))
    rules = Rules(contact_pause_days=0, holdout_share=0.0)
    begin = create_app(
        lambda: Running(Store(sqlite_url), lambda: current, lambda: 1, rules), access=Access(SENT_KEY)
    )
    server = uvicorn.Server(uvicorn.Config(begin, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


def test_a_file_of_events_is_sent_and_what_was_answered_is_said(address, sqlite_url, tmp_path, capsys):
    events = [
        {
            "decision": {"population": "campaign_customers", "customer_id": n},
            "outcome": {"has_converted": True},
        }
        for n in (1, 2, 3, 999)
    ]
    file = tmp_path / "events.jsonl"
    file.write_text("\n".join(map(json.dumps, events)))
    words = ["replay", file, "--rate", 500, "--url", address]
    assert "decision 401: 4" in run(capsys, *words)[1]
    key = tmp_path / "key.txt"
    key.write_text(SENT_KEY)
    status, said, _ = run(capsys, *words, "--api-key-file", key)
    assert status == 1
    for answer in ("decision 200: 3", "decision 404: 1", "outcome 200: 3"):
        assert answer in said
    store = Store(sqlite_url)
    with store.read() as connection:
        assert sorted(connection.execute(select(DECISIONS.c.customer_id)).scalars()) == [1, 2, 3]
    store.close()
    for line in ('{"decision": 1}', '{"decision": {}, "outcome": 1}'):
        file.write_text(line)
        status, _, said = run(capsys, "replay", file)
        assert status == 1
        assert "events.jsonl, line 1: found" in said


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "http://127.0.0.1:x", "https://127.0.0.1"])
def test_events_are_sent_to_an_address_alone(tmp_path, capsys, url):
    file = tmp_path / "events.jsonl"
    file.write_text("")
    status, _, said = run(capsys, "replay", file, "--url", url)
    assert status == 1
    assert "expected one such as http://" in said


def test_the_log_is_asked_for_numbers_that_it_can_hold(sqlite_url, capsys):
    words = ["explain", "--population", "campaign_customers", "--database", sqlite_url, "--id", 2**63]
    status, _, said = run(capsys, *words)
    assert status == 1
    assert "expected a number from 0" in said


def test_a_log_that_is_not_there_is_refused_not_made(tmp_path, capsys):
    log, target = tmp_path / "mistyped.sqlite", tmp_path / "decisions.csv"
    target.write_text("kept")
    explain = ("explain", "--population", "campaign_customers", "--id", 1)
    for words in (("export-decisions", "--output", target), explain):
        status, _, said = run(capsys, *words, "--database", f"sqlite:///{log}")
        assert status == 1
        assert f"{log}: found no log of decisions" in said
    assert not log.exists() and target.read_text() == "kept"


def test_without_its_packages_the_service_says_how_to_install_them(monkeypatch):
    for name in [name for name in sys.modules if name.startswith(("bank_marketing.service", "sqlalchemy"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    with pytest.raises(SystemExit, match=r"sqlalchemy isn't installed.*make serve"):
        cli.main(["explain", "--population", "campaign_customers", "--id", "1"])
