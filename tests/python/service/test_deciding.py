"""Decisions in the log: once for each key, after what came before, with all that explains them."""

from dataclasses import replace

import pytest
from decision_frames import NOW, RULES, Service, policy, publication
from sqlalchemy import func, select

from bank_marketing.service.deciding import Ask
from bank_marketing.service.errors import RefusedError
from bank_marketing.service.outcomes import Report
from bank_marketing.service.rules import Rules
from bank_marketing.service.schema import DECISIONS

OFTEN = Rules(contact_pause_days=0, contacts_a_customer=1000, holdout_share=0.0)


def rows(store):
    with store.read() as connection:
        return [dict(row) for row in connection.execute(select(DECISIONS)).mappings()]


def contact(service, customer=1):
    """Return a decision to contact a customer."""
    for _ in range(100):
        (row,) = service.ask(Ask(customer))
        if row["campaign_type"]:
            return row
    raise AssertionError("no contact in 100 decisions")


def test_a_decision_is_logged_as_it_was_answered(store):
    service = Service(store)
    (answer,) = service.ask(Ask(3, idempotency_key="k"))
    (logged,) = rows(store)
    logged.pop("position")
    assert logged == answer
    assert (answer["publication"], answer["policy"], answer["model_version"]) == (7, "Thompson sampling", 3)
    assert (answer["rules_version"], answer["decided_at"]) == (RULES.version, NOW)
    assert answer["traits"] == {"age_years": 23.0}
    assert len(answer["candidates"]["stage"]) == 5


def test_the_same_seed_and_time_decide_the_same(store):
    first = Service(store).ask(*[Ask(n) for n in range(1, 9)])
    with store.write() as connection:
        connection.execute(DECISIONS.delete())
    assert Service(store).ask(*[Ask(n) for n in range(1, 9)]) == first


def test_one_key_decides_once_also_within_a_batch(store):
    service = Service(store, rules=OFTEN)
    first, second, other = service.ask(Ask(1, idempotency_key="a"), Ask(1, idempotency_key="a"), Ask(1))
    (third,) = service.ask(Ask(1, idempotency_key="a"))
    assert first["decision_id"] == second["decision_id"] == third["decision_id"] != other["decision_id"]
    assert third == {name: first[name] for name in third}
    (refused,) = service.ask(Ask(2, idempotency_key="a"))
    assert (refused.status, refused.code) == (409, "key_reused")
    assert len(rows(store)) == 2


def test_a_key_is_answered_though_a_publication_knows_the_customer_no_more(store):
    (first,) = Service(store).ask(Ask(1, idempotency_key="a"))
    later = Service(store, of=replace(publication(), known={2: (20.0,)}))
    again, new = later.ask(Ask(1, idempotency_key="a"), Ask(1, idempotency_key="b"))
    assert again == {name: first[name] for name in again}
    assert (new.status, new.code) == (404, "unknown_customer")


def test_who_was_contacted_is_paused_also_within_a_batch(store):
    service = Service(store, of=publication(policy=policy(cost=policy().cost * 0)))
    first, second = service.ask(Ask(1), Ask(1))
    assert first["campaign_type"]
    assert (second["campaign_type"], second["reason"]) == (None, "contact_pause")
    service.clock.forward(days=89)
    assert service.ask(Ask(1))[0]["reason"] == "contact_pause"
    service.clock.forward(days=1)
    assert service.ask(Ask(1))[0]["campaign_type"]


def test_what_was_not_delivered_is_no_contact(store):
    service = Service(store)
    row = contact(service)
    service.ask(Report(row["decision_id"], "not_delivered"))
    assert service.ask(Ask(1))[0]["reason"] not in ("contact_pause", "contact_limit")


@pytest.mark.parametrize(("outcome", "channels"), [("unsubscribed", 1), ("complained", 2)])
def test_a_withdrawal_holds_at_once_in_the_same_batch(store, outcome, channels):
    service = Service(store, rules=OFTEN)
    row = contact(service)
    recorded, after = service.ask(Report(row["decision_id"], outcome), Ask(1))
    assert recorded == "withdrawal"
    fallen = after["candidates"]["stage"].count("withdrawn")
    assert fallen == 2 * channels
    service.clock.forward(days=3000)
    assert service.ask(Ask(1))[0]["candidates"]["stage"].count("withdrawn") == fallen
    assert "withdrawn" not in service.ask(Ask(2))[0]["candidates"]["stage"]


def test_a_complaint_after_an_unsubscription_withdraws_all_channels(store):
    service = Service(store, rules=OFTEN)
    row = contact(service)
    for outcome, place, fallen in (("unsubscribed", "withdrawal", 2), ("complained", "complaint", 4)):
        recorded, after = service.ask(Report(row["decision_id"], outcome), Ask(1))
        assert recorded == place
        assert after["candidates"]["stage"].count("withdrawn") == fallen


def test_unknown_customers_need_a_context_and_unknown_channels_are_refused(store):
    service = Service(store)
    unknown, known, channel = service.ask(
        Ask(999), Ask(999, context={"age_years": 30.0}), Ask(1, channels=frozenset({"Fax"}))
    )
    assert isinstance(unknown, RefusedError)
    assert (unknown.status, unknown.code) == (404, "unknown_customer")
    assert known["traits"] == {"age_years": 30.0}
    assert (channel.status, channel.code) == (400, "unknown_channel")
    (anonymous,) = service.ask(Ask(context={"age_years": None}))
    assert (anonymous["customer_id"], anonymous["traits"]) == (None, {"age_years": None})
    with store.read() as connection:
        assert connection.execute(select(func.count()).select_from(DECISIONS)).scalar() == 2
