"""Estimators of a policy's value from sums: as from the whole log, and right where they promise it."""

from itertools import pairwise

import numpy as np
import pytest

from bank_marketing.methods import policy_value
from bank_marketing.methods.arm_contrasts import estimate_of
from bank_marketing.methods.policy_sums import (
    CLIPPED,
    DIRECT,
    DOUBLY_ROBUST,
    ESTIMATORS,
    INVERSE_PROPENSITY,
    SELF_NORMALISED,
    SWITCH,
    PolicySums,
    skewed_ends,
)
from bank_marketing.methods.policy_value import Log


def part_of(log: Log, rows: slice) -> Log:
    return Log(log.action[rows], log.propensity[rows], log.reward[rows], log.prediction[rows])


def sums_of(log: Log, policy: np.ndarray, against: np.ndarray | None = None, *, parts: int = 1) -> PolicySums:
    sums = PolicySums(len(log.action))
    edges = np.linspace(0, len(log.action), parts + 1).astype(int)
    for start, end in pairwise(edges):
        rows = slice(start, end)
        sums.add(part_of(log, rows), policy[rows], None if against is None else against[rows])
    return sums


def world(seed: int, *, rows: int = 4_000) -> tuple[Log, np.ndarray]:
    """Make a log of three actions in which a trait decides what is done and what it brings, plus 1,000."""
    rng = np.random.default_rng(seed)
    trait = rng.normal(size=rows)
    expected = 1_000 + np.column_stack([trait, np.full(rows, 0.2), -trait])
    odds = np.exp(np.column_stack([trait, np.zeros(rows), -trait]))
    chances = odds / odds.sum(axis=1, keepdims=True)
    action = (rng.random((rows, 1)) > chances.cumsum(axis=1)).sum(axis=1)
    at = np.arange(rows), action
    return Log(action, chances[at], expected[at] + rng.normal(size=rows), expected), expected


def test_estimates_of_a_small_log_are_those_of_the_formulas():
    log = Log(
        action=np.array([0, 1, 1, 1]),
        propensity=np.array([0.5, 0.5, 0.25, 0.8]),
        reward=np.array([1.0, 0.0, 3.0, 2.0]),
        prediction=np.array([[0.5, 1.0], [1.0, 1.0], [0.0, 2.0], [2.0, 1.0]]),
    )
    sums = sums_of(log, np.ones(4, dtype=int))

    # Weights 0, 2, 4, 1.25; above 2, the root of four rows, is the third.
    expected = {
        INVERSE_PROPENSITY: (0 + 0 + 12 + 2.5) / 4,
        SELF_NORMALISED: 14.5 / 7.25,
        DIRECT: (1 + 1 + 2 + 1) / 4,
        DOUBLY_ROBUST: (1 + (1 - 2) + (2 + 4) + (1 + 1.25)) / 4,
        CLIPPED: (1 + (1 - 2) + (2 + 2) + (1 + 1.25)) / 4,
        SWITCH: (1 + (1 - 2) + 2 + (1 + 1.25)) / 4,
    }
    assert {name: sums.value(name).value for name in ESTIMATORS} == pytest.approx(expected)
    assert sums.gain(SWITCH).value == pytest.approx(expected[SWITCH] - 1.5)
    assert sums.clipped_share() == 0.25
    assert np.isnan(sums.value(DIRECT).low)


@pytest.mark.parametrize("against", [None, "first"])
def test_parts_give_what_the_whole_log_gives(against):
    log, expected = world(1)
    policy = expected.argmax(axis=1)
    other = None if against is None else np.zeros(len(policy), dtype=int)
    whole, parts = sums_of(log, policy, other), sums_of(log, policy, other, parts=7)

    for name in ESTIMATORS[:-1]:
        for one, both in ((whole.gain(name), parts.gain(name)), (whole.value(name), parts.value(name))):
            assert vars(both) == pytest.approx(vars(one), rel=1e-6)
    assert vars(parts.support()) == pytest.approx(vars(whole.support()))
    robust = policy_value.policy_gain(log, policy, other)
    assert parts.gain(DOUBLY_ROBUST).value == pytest.approx(robust.value, rel=1e-9)
    assert parts.gain(DOUBLY_ROBUST).error == pytest.approx(robust.error, rel=1e-9)
    assert vars(parts.support()) == pytest.approx(vars(policy_value.policy_support(log, policy, other)))


def test_intervals_hold_the_truth_as_often_as_they_say():
    held: dict[str, list[bool]] = {name: [] for name in ESTIMATORS[:-1]}
    for seed in range(200):
        log, expected = world(seed, rows=500)
        sums = sums_of(log, expected.argmax(axis=1), np.ones(500, dtype=int))
        truth = (expected.max(axis=1) - 1_000.2).mean()
        for name in held:
            gain = sums.gain(name)
            held[name].append(gain.low <= truth <= gain.high)

    assert {name: 0.9 <= np.mean(of_name) <= 0.99 for name, of_name in held.items()} == dict.fromkeys(
        held, True
    )


def test_a_skewed_interval_holds_the_mean_more_often():
    held = []
    for seed in range(1_000):
        earned = np.random.default_rng(seed).exponential(size=40) ** 1.5
        log = Log(np.zeros(40, dtype=int), np.ones(40), earned, np.zeros((40, 1)))
        value = sums_of(log, np.zeros(40, dtype=int)).value(DOUBLY_ROBUST)
        truth, half = 1.3293404, 1.96 * value.error
        held.append((value.low <= truth <= value.high, abs(value.value - truth) <= half))

    skewed, even = np.mean(held, axis=0)
    assert even < 0.91
    assert even + 0.02 < skewed < 0.96


def test_the_tail_is_on_the_side_of_the_skewness():
    estimate = estimate_of(0.0, 1.0)

    assert skewed_ends(estimate, 0.0, 1.96) == (-1.96, 1.96)
    low, high = skewed_ends(estimate, 0.2, 1.96)
    assert -1.96 < low < 0 < 1.96 < high
    assert skewed_ends(estimate, -0.2, 1.96) == pytest.approx((-high, -low))
    # By hand: 3 / .2 * (1 - cbrt(1 - .2 * (1.96 + .2 / 6))).
    assert high == pytest.approx(15 * (1 - 0.844057), abs=1e-4)


def test_ends_of_a_very_skewed_mean_go_out_no_faster_than_their_quantile():
    estimate = estimate_of(0.0, 1.0)
    quantiles = np.array([1.96, 2.2, 2.5, 2.8, 3.1])
    high = np.array([skewed_ends(estimate, 0.36, quantile)[1] for quantile in quantiles])
    low = np.array([-skewed_ends(estimate, -0.36, quantile)[0] for quantile in quantiles])

    # At 1.96 it is Hall's own: 3 / .36 * (1 - cbrt(1 - .36 * (1.96 + .06))).
    assert high[0] == pytest.approx(8.33333 * (1 - np.cbrt(0.2728)), abs=1e-4)
    assert low == pytest.approx(high)
    assert (np.diff(high) / np.diff(quantiles) < 3.5).all()
    assert 1.4 < high[3] / quantiles[3] < 1.65


def test_a_policy_that_nobody_got_has_no_support_and_a_value_by_the_model_alone():
    log = Log(np.zeros(50, dtype=int), np.full(50, 0.5), np.ones(50), np.full((50, 2), 0.25))
    sums = sums_of(log, np.ones(50, dtype=int))

    assert sums.support().effective_rows == 0
    assert policy_value.why_refused(sums.support())
    assert np.isnan(sums.value(SELF_NORMALISED).value)
    assert sums.value(DIRECT).value == 0.25
