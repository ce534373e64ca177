"""Outcomes: taken once, in time, silence being a no that a late conversion corrects."""

import time
from datetime import timedelta

import numpy as np
import pytest
from decision_frames import NOW, RULES, Service, policy, publication
from sqlalchemy import select

from bank_marketing.service.deciding import Ask
from bank_marketing.service.errors import RefusedError
from bank_marketing.service.outcomes import Report, judge
from bank_marketing.service.rules import Rules
from bank_marketing.service.running import utc_now
from bank_marketing.service.schema import OUTCOMES
from bank_marketing.service.store import Store
from bank_marketing.serving.withdrawals import withdrawals

UNTIL, CORRECTED_UNTIL = RULES.waits("Email", NOW)
DECISION = {"campaign_channel": "Email", "answer_until": UNTIL, "correction_until": CORRECTED_UNTIL}
LATE, TOO_LATE = UNTIL + timedelta(seconds=1), CORRECTED_UNTIL + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("earlier", "outcome", "now", "taken"),
    [
        ({}, "converted", UNTIL, [("answer", "converted")]),
        ({}, "declined", NOW, [("answer", "declined")]),
        ({}, "not_delivered", NOW, [("answer", "not_delivered")]),
        ({}, "unsubscribed", TOO_LATE, [("withdrawal", "unsubscribed")]),
        ({"answer": "converted"}, "complained", NOW, [("withdrawal", "complained")]),
        ({}, "converted", LATE, [("answer", "silent"), ("correction", "converted")]),
        ({"answer": "silent"}, "converted", CORRECTED_UNTIL, [("correction", "converted")]),
        ({"answer": "declined"}, "converted", NOW, [("correction", "converted")]),
        ({"withdrawal": "unsubscribed"}, "converted", NOW, [("answer", "converted")]),
        ({"withdrawal": "unsubscribed"}, "complained", NOW, [("complaint", "complained")]),
    ],
)
def test_what_is_taken(earlier, outcome, now, taken):
    assert judge(DECISION, earlier, Report("d", outcome), now) == taken


@pytest.mark.parametrize(
    ("decision", "earlier", "outcome", "now", "code"),
    [
        (None, {}, "converted", NOW, "unknown_decision"),
        (DECISION | {"campaign_channel": None}, {}, "converted", NOW, "no_contact"),
        (DECISION, {"answer": "converted"}, "converted", NOW, "second_outcome"),
        (DECISION, {"answer": "converted"}, "declined", NOW, "second_outcome"),
        (DECISION, {"answer": "not_delivered"}, "converted", NOW, "second_outcome"),
        (DECISION, {"answer": "silent", "correction": "converted"}, "converted", NOW, "second_outcome"),
        (DECISION, {"withdrawal": "unsubscribed"}, "unsubscribed", NOW, "second_outcome"),
        (DECISION, {"withdrawal": "complained"}, "unsubscribed", NOW, "second_outcome"),
        (
            DECISION,
            {"withdrawal": "unsubscribed", "complaint": "complained"},
            "complained",
            NOW,
            "second_outcome",
        ),
        (DECISION, {}, "converted", TOO_LATE, "too_late"),
        (DECISION, {"answer": "silent"}, "converted", TOO_LATE, "too_late"),
        (DECISION, {}, "declined", LATE, "too_late"),
        (DECISION, {"answer": "silent"}, "declined", LATE, "second_outcome"),
    ],
)
def test_what_is_refused(decision, earlier, outcome, now, code):
    with pytest.raises(RefusedError) as error:
        judge(decision, earlier, Report("d", outcome), now)
    assert error.value.code == code
    assert error.value.status == (404 if decision is None else 409)


def outcomes(store):
    with store.read() as connection:
        columns = [OUTCOMES.c.place, OUTCOMES.c.outcome, OUTCOMES.c.value_usd]
        return [tuple(row) for row in connection.execute(select(*columns).order_by(OUTCOMES.c.position))]


@pytest.fixture
def service(store):
    # Nothing costs anything, so that whoever may be contacted is.
    return Service(store, of=publication(policy=policy(cost=policy().cost * 0)))


def test_lists_are_told_who_withdrew(store, url, service, monkeypatch, tmp_path):
    one, two, three = service.ask(Ask(1), Ask(2), Ask(3))
    service.ask(Report(one["decision_id"], "unsubscribed"), Report(two["decision_id"], "declined"))
    service.ask(Report(three["decision_id"], "complained"))
    monkeypatch.setenv("DECISIONS_DATABASE", url)
    told = withdrawals(tmp_path / "sample.duckdb")
    assert sorted(told) == [(1, one["campaign_channel"]), (3, "all")]


def test_outcomes_are_logged_in_their_order_and_a_second_one_in_a_batch_is_refused(store, service):
    one, two = service.ask(Ask(1), Ask(2))
    first, second, third = service.ask(
        Report(one["decision_id"], "converted", 12.5),
        Report(one["decision_id"], "declined"),
        Report(two["decision_id"], "declined", 3.0),
    )
    assert (first, second.code, third) == ("answer", "second_outcome", "answer")
    assert outcomes(store) == [("answer", "converted", 12.5), ("answer", "declined", None)]


def test_silence_becomes_an_answer_once_and_is_corrected(store, service):
    one, two = service.ask(Ask(1), Ask(2))
    service.ask(Report(two["decision_id"], "converted"))
    service.tick()
    assert len(outcomes(store)) == 1
    service.clock.forward(days=RULES.answer_days, seconds=1)
    service.tick()
    service.tick()
    assert outcomes(store)[1:] == [("answer", "silent", None)]
    assert service.ask(Report(one["decision_id"], "converted", 5.0)) == ["correction"]
    assert outcomes(store)[2:] == [("correction", "converted", 5.0)]


def test_a_clock_that_is_set_back_breaks_no_rule_and_puts_no_outcome_before_its_decision(store, service):
    decided = service.ask(*[Ask(n) for n in range(1, 11)])
    service.clock.forward(hours=-1)
    again = service.ask(*[Ask(n) for n in range(1, 11)])
    assert {(row["reason"], row["decided_at"]) for row in again} == {("contact_pause", service.clock.now)}
    assert set(service.ask(*[Report(row["decision_id"], "converted") for row in decided])) == {"answer"}
    service.tick()
    with store.read() as connection:
        came = connection.execute(select(OUTCOMES.c.recorded_at, OUTCOMES.c.outcome)).all()
    assert came == [(NOW, "converted")] * 10
    learned = Service(store, of=service.publication)
    assert np.array_equal(learned.learn().mean, service.learn().mean)


def test_processes_of_different_zones_keep_one_pause(url, monkeypatch):
    """By local clocks a day lies between the two."""
    free = publication(policy=policy(cost=policy().cost * 0))
    reasons = []
    with monkeypatch.context() as zones:
        for seed, zone in enumerate(("America/Adak", "Pacific/Kiritimati")):
            zones.setenv("TZ", zone)
            time.tzset()
            store = Store(url)
            rules = Rules(contact_pause_days=1, holdout_share=0.0)
            (row,) = Service(store, of=free, rules=rules, clock=utc_now, seed=seed).ask(Ask(1))
            reasons.append(row["reason"])
            store.close()
    time.tzset()
    assert reasons[0] in ("best", "explored")
    assert reasons[1] == "contact_pause"


def test_no_contact_is_not_waited_for(store):
    service = Service(store, of=publication(policy=policy(cost=policy().cost + 200)))
    (row,) = service.ask(Ask(1))
    assert row["answer_until"] is None
    service.clock.forward(days=3000)
    service.tick()
    assert outcomes(store) == []
