"""What the log teaches is the same however often the service restarts."""

import numpy as np
import pytest
from decision_frames import DESIGN, Service, policy, publication, row_of

from bank_marketing.methods.bayesian_logistic import correct, forget, update
from bank_marketing.service.deciding import Ask
from bank_marketing.service.learning import Learner
from bank_marketing.service.outcomes import Report


def free(**changes):
    return publication(200, policy=policy(cost=policy().cost * 0, **changes))


def same(one, other):
    return np.array_equal(one.mean, other.mean) and np.array_equal(one.root, other.root)


def run(service, customers, rng):
    """Decide, and report of every other customer."""
    decided = service.ask(*[Ask(n) for n in customers])
    reports = [
        Report(row["decision_id"], "converted" if rng.random() < 0.4 else "declined") for row in decided[::2]
    ]
    service.ask(*reports)


@pytest.mark.parametrize("memory", [None, 50.0])
def test_outcomes_are_learned_one_by_one_in_the_order_of_the_log(store, memory):
    service = Service(store, of=free(memory=memory))
    one, two, three = service.ask(Ask(1), Ask(2), Ask(3))
    service.ask(Report(two["decision_id"], "converted"))
    service.ask(Report(one["decision_id"], "declined"), Report(three["decision_id"], "not_delivered"))
    service.ask(Report(one["decision_id"], "unsubscribed"), Report(one["decision_id"], "converted"))

    expected, forgotten = policy().start.posterior, policy().start.forgotten
    for decision, outcome in ((two, 1.0), (one, 0.0)):
        if memory:
            expected = forget(expected, forgotten, memory)
        expected = update(expected, row_of(decision), np.array(outcome))
    expected = correct(expected, row_of(one))

    assert same(service.learn(), expected)
    assert service.learner.position == 5
    assert sum(service.learner.outcomes.values()) == 2


def test_a_no_that_is_corrected_at_once_is_a_yes():
    start, row = policy().start.posterior, np.linspace(-1, 1, DESIGN.terms)
    yes = update(start, row, np.array(1.0))
    corrected = correct(update(start, row, np.array(0.0)), row)
    np.testing.assert_allclose(corrected.mean, yes.mean)
    np.testing.assert_allclose(corrected.covariance, yes.covariance)


@pytest.mark.parametrize("memory", [None, 50.0])
def test_after_a_restart_the_posterior_equals_a_replay(store, memory):
    rng = np.random.default_rng(2)
    service = Service(store, of=free(memory=memory))
    run(service, range(1, 80), rng)
    service.learn()
    with store.write() as connection:
        service.learner.keep(connection, service.learner.belief)
    run(service, range(80, 200), rng)
    lived = service.learn()

    restarted, replayed = Learner(free(memory=memory).policy), Learner(free(memory=memory).policy)
    with store.read() as connection:
        restarted.resume(connection)
        assert restarted.position == 40
        restarted.learn(connection)
        replayed.learn(connection)
    assert same(restarted.posterior, lived)
    assert same(replayed.posterior, lived)
    assert restarted.outcomes == replayed.outcomes == service.learner.outcomes


def test_what_was_kept_is_of_one_start_and_nothing_older_replaces_it(store):
    service = Service(store, of=free())
    run(service, range(1, 20), np.random.default_rng(3))
    early = service.learner.belief
    service.learn()
    with store.write() as connection:
        service.learner.keep(connection, service.learner.belief)
        service.learner.keep(connection, early)
    with store.read() as connection:
        for changes, position in (({}, 10), ({"memory": 50.0}, 0)):
            learner = Learner(free(**changes).policy)
            learner.resume(connection)
            assert learner.position == position


def test_outcomes_move_what_the_next_decision_expects(store):
    service = Service(store, of=free())
    decided = service.ask(*[Ask(n) for n in range(1, 150)])
    service.ask(*[Report(row["decision_id"], "declined") for row in decided])
    before = service.ask(Ask(190))[0]["candidates"]["chance"]
    service.learn()
    (row,) = service.ask(Ask(191))
    assert max(row["candidates"]["chance"]) < 0.5 * max(before)
    assert row["learned_through"] == service.learner.position > 0
