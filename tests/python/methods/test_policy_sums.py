"""Estimators of a policy's value from sums: as from the whole log, and right where they promise it."""

from dataclasses import replace

import numpy as np
import pytest

from bank_marketing.methods import policy_sums as module
from bank_marketing.methods.arm_contrasts import estimate_of
from bank_marketing.methods.policy_sums import (
    CLIPPED,
    DIRECT,
    DOUBLY_ROBUST,
    ESTIMATORS,
    INVERSE_PROPENSITY,
    SELF_NORMALISED,
    SWITCH,
    policy_sums,
    skewed_ends,
)
from bank_marketing.methods.policy_value import Log, why_refused


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


@pytest.fixture
def small() -> Log:
    return Log(
        action=np.array([0, 1, 1, 1]),
        propensity=np.array([0.5, 0.5, 0.25, 0.8]),
        reward=np.array([1.0, 0.0, 3.0, 2.0]),
        prediction=np.array([[0.5, 1.0], [1.0, 1.0], [0.0, 2.0], [2.0, 1.0]]),
    )


def test_estimates_of_a_small_log_are_those_of_the_formulas(small):
    sums = policy_sums(small, np.ones(4, dtype=int))

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


def test_gain_and_support_of_a_small_log(small):
    sums = policy_sums(small, np.ones(4, dtype=int), np.zeros(4, dtype=int))
    gain, support = sums.gain(DOUBLY_ROBUST), sums.support()

    # Of action 1: 1, 1 - 2, 2 + 4, 1 + 1.25. Of action 0: .5 + .5 / .5, 1, 0, 2.
    differences = [1 - 1.5, -1 - 1, 6 - 0, 2.25 - 2]
    assert gain.value == pytest.approx(np.mean(differences))
    assert gain.error == pytest.approx(np.std(differences, ddof=1) / 2)
    assert gain.high - gain.value == pytest.approx(1.96 * gain.error, rel=1e-4)
    # Weights 0, 2, 4, 1.25.
    assert support.effective_subjects == pytest.approx(7.25**2 / 21.5625)
    assert (support.agreement_share, support.differing_subjects) == (0.75, 4)
    assert (support.mean_weight, support.largest_weight) == (7.25 / 4, 4)


def test_a_policy_of_chances_is_the_mix_of_its_actions(small):
    mixed = policy_sums(small, np.full((4, 2), [0.25, 0.75])).value(DOUBLY_ROBUST).value
    alone = [policy_sums(small, np.full(4, action)).value(DOUBLY_ROBUST).value for action in (0, 1)]

    assert mixed == pytest.approx(0.25 * alone[0] + 0.75 * alone[1])


def test_what_was_done_gains_nothing_over_itself(small):
    is_log = replace(small, propensity=np.ones(4))
    gain = policy_sums(is_log, small.action).gain(DOUBLY_ROBUST)

    assert (gain.value, gain.error) == (0, 0)


@pytest.mark.parametrize("wrong", ["prediction", "propensity"])
def test_either_model_may_be_wrong(wrong):
    log, expected = world(1, rows=40_000)
    if wrong == "prediction":
        log = replace(log, prediction=np.full_like(expected, 1_000))
    else:
        log = replace(log, propensity=np.full(len(log.action), 1 / 3))
    policy = expected.argmax(axis=1)

    value = policy_sums(log, policy).value(DOUBLY_ROBUST)

    assert value.value == pytest.approx(expected.max(axis=1).mean(), abs=4 * value.error)
    # What the policy's rows brought, unweighted, is another figure.
    assert abs(log.reward[log.action == policy].mean() - expected.max(axis=1).mean()) > 4 * value.error


@pytest.mark.parametrize("against", [None, "first"])
@pytest.mark.parametrize("by_subject", [False, True])
def test_parts_give_what_the_whole_log_gives(against, by_subject, monkeypatch):
    log, expected = world(1)
    log = replace(log, variance=np.full(4_000, 1.5))
    if by_subject:
        log = replace(log, subject=np.arange(4_000) // 3)
    policy = expected.argmax(axis=1)
    other = None if against is None else np.zeros(len(policy), dtype=int)
    whole = policy_sums(log, policy, other)
    # Parts end where a subject does.
    monkeypatch.setattr(module, "PART", 500)
    parts = policy_sums(log, policy, other)

    for name in ESTIMATORS[:-1]:
        for one, both in ((whole.gain(name), parts.gain(name)), (whole.value(name), parts.value(name))):
            assert vars(both) == pytest.approx(vars(one), rel=1e-6)
    assert vars(parts.support()) == pytest.approx(vars(whole.support()), nan_ok=True)
    assert parts.support().subjects == (1_334 if by_subject else 4_000)


@pytest.mark.slow
def test_intervals_hold_the_truth_as_often_as_they_say():
    held: dict[str, list[bool]] = {name: [] for name in ESTIMATORS[:-1]}
    for seed in range(200):
        log, expected = world(seed, rows=500)
        sums = policy_sums(log, expected.argmax(axis=1), np.ones(500, dtype=int))
        truth = (expected.max(axis=1) - 1_000.2).mean()
        for name in held:
            gain = sums.gain(name)
            held[name].append(gain.low <= truth <= gain.high)

    assert {name: 0.9 <= np.mean(of_name) <= 0.99 for name, of_name in held.items()} == dict.fromkeys(
        held, True
    )


@pytest.mark.slow
def test_a_skewed_interval_holds_the_mean_more_often():
    held = []
    for seed in range(1_000):
        earned = np.random.default_rng(seed).exponential(size=40) ** 1.5
        log = Log(np.zeros(40, dtype=int), np.ones(40), earned, np.zeros((40, 1)))
        value = policy_sums(log, np.zeros(40, dtype=int)).value(DOUBLY_ROBUST)
        truth, half = 1.3293404, 1.96 * value.error
        held.append((value.low <= truth <= value.high, abs(value.value - truth) <= half))

    skewed, even = np.mean(held, axis=0)
    assert even < 0.91
    assert even + 0.02 < skewed < 0.96


def rare_misses(seed: int, *, rows: int = 1_000) -> tuple[Log, float]:
    """Make a log in which the policy's action, the second, was rare and nearly always a success."""
    rng = np.random.default_rng(seed)
    trait = rng.random(rows)
    chance, propensity = 0.85 + 0.1 * trait, 0.02 + 0.3 * trait**2
    action = (rng.random(rows) < propensity).astype(int)
    expected = np.column_stack([np.full(rows, 0.5), chance])
    own = expected[np.arange(rows), action]
    log = Log(
        action,
        np.where(action == 1, propensity, 1 - propensity),
        (rng.random(rows) < own).astype(float),
        expected,
        own * (1 - own),
    )
    return log, float(chance.mean())


@pytest.mark.slow
def test_an_interval_holds_the_truth_where_few_rows_with_large_weights_miss_it():
    held = []
    for seed in range(400):
        log, truth = rare_misses(seed)
        policy = np.ones(len(log.action), dtype=int)
        ours = policy_sums(log, policy).value(DOUBLY_ROBUST)
        seen = policy_sums(replace(log, variance=None), policy).value(DOUBLY_ROBUST)
        even = abs(seen.value - truth) <= 1.96 * seen.error
        held.append((even, seen.low <= truth <= seen.high, ours.low <= truth <= ours.high))

    even, skewed, with_model = np.mean(held, axis=0)
    assert even < skewed < 0.92
    assert 0.93 < with_model < 0.98


def test_the_spread_that_a_model_expects_is_scaled_by_what_it_is_off_by():
    log, _ = rare_misses(1)
    policy = np.ones(len(log.action), dtype=int)
    estimates = [
        policy_sums(replace(log, variance=factor * log.variance), policy).value(DOUBLY_ROBUST)
        for factor in (1, 100)
    ]

    assert vars(estimates[1]) == pytest.approx(vars(estimates[0]))
    assert policy_sums(replace(log, variance=None), policy).value(DOUBLY_ROBUST).error < estimates[0].error


@pytest.mark.slow
def test_decisions_about_a_subject_tell_less_than_as_many_about_several():
    held = []
    for seed in range(300):
        rng = np.random.default_rng(seed)
        subject = np.arange(200).repeat(rng.integers(1, 9, 200))
        reward = rng.normal(size=200)[subject] + rng.normal(size=len(subject))
        zeros = np.zeros(len(subject), dtype=int)
        log = Log(zeros, np.ones(len(subject)), reward, np.zeros((len(subject), 1)), None, subject)
        both = [policy_sums(each, zeros).value(DOUBLY_ROBUST) for each in (log, replace(log, subject=None))]
        held.append([each.low <= 0 <= each.high for each in both])

    of_subjects, of_rows = np.mean(held, axis=0)
    assert of_rows < 0.8
    assert 0.92 < of_subjects < 0.98


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
    sums = policy_sums(log, np.ones(50, dtype=int))

    assert sums.support().effective_subjects == 0
    assert why_refused(sums.support())
    assert np.isnan(sums.value(SELF_NORMALISED).value)
    assert sums.value(DIRECT).value == 0.25
