"""Values of policies from a log: logs reckoned by hand, and worlds whose values are known."""

import numpy as np
import pytest

from bank_marketing.methods import policy_value
from bank_marketing.methods.policy_value import Log


@pytest.fixture
def small() -> Log:
    return Log(
        action=np.array([0, 1, 1, 0]),
        propensity=np.array([0.5, 0.5, 0.25, 0.8]),
        reward=np.array([1.0, 0.0, 3.0, 2.0]),
        prediction=np.array([[0.5, 1.0], [1.0, 1.0], [0.0, 2.0], [2.0, 1.0]]),
    )


def test_scores_are_those_of_the_formula(small):
    # Expected of action 1 in each row, corrected where it was done: (0 - 1) / .5 and (3 - 2) / .25.
    assert policy_value.policy_scores(small, np.ones(4, dtype=int)) == pytest.approx([1, 1 - 2, 2 + 4, 1])


def test_value_gain_and_support_of_a_small_log(small):
    ones, zeros = np.ones(4, dtype=int), np.zeros(4, dtype=int)
    gain = policy_value.policy_gain(small, ones, zeros)
    support = policy_value.policy_support(small, ones, zeros)

    # Of action 0: .5 + .5 / .5, 1, 0, 2.
    assert policy_value.policy_value(small, zeros).value == pytest.approx((1.5 + 1 + 0 + 2) / 4)
    assert gain.value == pytest.approx((1 - 1 + 6 + 1 - 4.5) / 4)
    assert gain.error == pytest.approx(np.std([-0.5, -2, 6, -1], ddof=1) / 2)
    assert policy_value.policy_gain(small, ones).value == pytest.approx((7 - 6) / 4)
    assert (support.agreement_share, support.differing_rows) == (0.5, 4)
    # Weights 0, 2, 4, 0: (2 + 4)^2 / (4 + 16).
    assert support.effective_rows == pytest.approx(1.8)
    assert (support.mean_weight, support.largest_weight) == (1.5, 4)


def test_a_policy_of_chances_is_the_mix_of_its_actions(small):
    mixed = policy_value.policy_value(small, np.full((4, 2), [0.25, 0.75])).value
    alone = [policy_value.policy_value(small, np.full(4, action)).value for action in (0, 1)]

    assert mixed == pytest.approx(0.25 * alone[0] + 0.75 * alone[1])


def test_what_was_done_gains_nothing_over_itself(small):
    is_log = Log(small.action, np.ones(4), small.reward, small.prediction)

    assert policy_value.policy_gain(is_log, small.action).value == 0


def world(seed: int, *, rows: int = 4_000) -> tuple[Log, np.ndarray, np.ndarray]:
    """Make a log of three actions in which a trait decides both what is done and what it brings."""
    rng = np.random.default_rng(seed)
    trait = rng.normal(size=rows)
    expected = np.column_stack([trait, np.full(rows, 0.2), -trait])
    odds = np.exp(np.column_stack([trait, np.zeros(rows), -0.5 * trait]))
    chances = odds / odds.sum(axis=1, keepdims=True)
    action = (rng.random((rows, 1)) > chances.cumsum(axis=1)).sum(axis=1)
    at = np.arange(rows), action
    reward = expected[at] + rng.normal(size=rows)
    return Log(action, chances[at], reward, expected), expected, chances


@pytest.mark.parametrize("wrong", ["prediction", "propensity"])
def test_either_model_may_be_wrong(wrong):
    log, expected, _ = world(1, rows=40_000)
    if wrong == "prediction":
        log = Log(log.action, log.propensity, log.reward, np.zeros_like(expected))
    else:
        log = Log(log.action, np.full(len(log.action), 1 / 3), log.reward, log.prediction)
    policy = expected.argmax(axis=1)

    value = policy_value.policy_value(log, policy)

    assert value.value == pytest.approx(expected.max(axis=1).mean(), abs=4 * value.error)
    # What the policy's rows brought, unweighted, is another figure.
    assert abs(log.reward[log.action == policy].mean() - expected.max(axis=1).mean()) > 4 * value.error


def test_intervals_hold_the_truth_as_often_as_they_say():
    held = []
    for seed in range(200):
        log, expected, _ = world(seed, rows=500)
        policy = expected.argmax(axis=1)
        gain = policy_value.policy_gain(log, policy, np.ones(500, dtype=int))
        held.append(gain.low <= (expected.max(axis=1) - 0.2).mean() <= gain.high)

    assert 0.9 <= np.mean(held) <= 0.99


def test_too_little_support_is_refused_with_its_figures():
    log, _, _ = world(1, rows=1_000)
    alike = np.zeros(1_000, dtype=int)
    nearly = alike.copy()
    nearly[:99] = 1
    enough = nearly.copy()
    enough[99] = 1

    refused = policy_value.why_refused(policy_value.policy_support(log, nearly, alike))

    assert refused == "the two differ on 99 of 1,000 logged customers, fewer than 100"
    assert policy_value.why_refused(policy_value.policy_support(log, enough, alike)) is None
    few = Log(np.where(np.arange(1_000) < 20, 1, 0), np.full(1_000, 0.5), log.reward, log.prediction)
    assert "20 effective ones, fewer than 30" in str(
        policy_value.why_refused(policy_value.policy_support(few, alike + 1, alike))
    )


@pytest.mark.parametrize("propensity", [0.0, 1.2, np.nan])
def test_an_impossible_propensity_is_refused(small, propensity):
    with pytest.raises(ValueError, match="1 propensities"):
        Log(small.action, np.array([propensity, 0.5, 0.5, 0.5]), small.reward, small.prediction)


def test_chances_that_are_none_are_refused(small):
    with pytest.raises(ValueError, match="chances of 4 rows"):
        policy_value.policy_value(small, np.full((4, 2), 0.4))
