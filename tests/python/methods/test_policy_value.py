"""Logs on which policies are judged: what is refused, and with what figures."""

from dataclasses import replace

import numpy as np
import pytest

from bank_marketing.methods import policy_value
from bank_marketing.methods.policy_sums import PolicySums, policy_sums
from bank_marketing.methods.policy_value import Log


def log_of(action: np.ndarray, **columns: np.ndarray) -> Log:
    rows = len(action)
    return Log(action, np.full(rows, 0.5), np.ones(rows), np.full((rows, 2), 0.5), **columns)


def refused(log: Log, policy: np.ndarray, against: np.ndarray) -> str:
    return str(policy_value.why_refused(policy_sums(log, policy, against).support()))


def test_too_little_support_is_refused_with_its_figures():
    log, alike = log_of(np.arange(1_000) % 2), np.zeros(1_000, dtype=int)
    nearly = (np.arange(1_000) < 99).astype(int)
    enough = (np.arange(1_000) < 100).astype(int)
    few = log_of((np.arange(1_000) < 20).astype(int))

    assert refused(log, nearly, alike) == "the two differ on 99 of 1,000 logged customers, fewer than 100"
    assert refused(log, enough, alike) == "None"
    assert "20 effective ones, fewer than 30" in refused(few, alike + 1, alike)


@pytest.mark.parametrize("name", ["effective_subjects", "effective_subjects_against"])
@pytest.mark.parametrize("figure", [np.nan, np.inf])
def test_a_figure_of_support_that_is_no_number_is_refused(name, figure):
    log = log_of(np.arange(1_000) % 2)
    support = policy_sums(log, np.zeros(1_000, dtype=int), np.ones(1_000, dtype=int)).support()

    assert policy_value.why_refused(support) is None
    assert "too large to add up" in str(policy_value.why_refused(replace(support, **{name: figure})))


@pytest.mark.parametrize(
    "short",
    [{"effective_subjects": 20.0}, {"mean_weight": 0.1}, {"mean_weight": 9.0}, {"unsupported_share": 0.2}],
)
def test_a_reason_names_the_side_that_lacks_support(short):
    log = log_of(np.arange(1_000) % 2)
    support = policy_sums(log, np.zeros(1_000, dtype=int), np.ones(1_000, dtype=int)).support()
    support = replace(support, unsupported_share=0.0, unsupported_share_against=0.0)
    of_other = {f"{name}_against": figure for name, figure in short.items()}

    assert "what was to be judged" in str(policy_value.why_refused(replace(support, **short)))
    assert "what that is compared with" in str(policy_value.why_refused(replace(support, **of_other)))


def test_weights_that_are_surely_too_large_on_average_are_refused():
    log = log_of(np.arange(1_000) % 2)
    zeros, ones = np.zeros(1_000, dtype=int), np.ones(1_000, dtype=int)
    claimed = replace(log, propensity=np.where(log.action == 0, 0.3, 0.5))

    assert refused(log, zeros, ones) == "None"
    for pair in ((zeros, ones), (ones, zeros)):
        assert "their mean weight is 1.67, above 1.25" in refused(claimed, *pair)


def test_many_rows_of_few_subjects_are_no_support():
    log = log_of(np.arange(1_000) % 2, subject=np.arange(1_000) // 20)
    ones, zeros = np.ones(1_000, dtype=int), np.zeros(1_000, dtype=int)
    support = policy_sums(log, ones, zeros).support()

    assert (support.subjects, support.differing_subjects, support.effective_subjects) == (50, 50, 50)
    assert "differ on 50 of 50 logged customers" in refused(log, ones, zeros)


@pytest.mark.parametrize("propensity", [0.0, 1.2, np.nan])
def test_an_impossible_propensity_is_refused(propensity):
    with pytest.raises(ValueError, match="1 propensities"):
        Log(np.zeros(2, dtype=int), np.array([propensity, 0.5]), np.ones(2), np.ones((2, 1)))


def test_chances_that_are_none_are_refused():
    with pytest.raises(ValueError, match="chances of 4 rows"):
        policy_value.as_chances(np.full((4, 2), 0.4), 2)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"action": np.array([0, 2])}, "1 actions are none of the 2"),
        ({"action": np.array([-1, 1])}, "1 actions are none of the 2"),
        ({"reward": np.array([np.nan, 1.0])}, "1 numbers of reward"),
        ({"prediction": np.array([[np.nan, 1.0], [np.inf, 1.0]])}, "2 numbers of prediction"),
        ({"variance": np.array([np.nan, 1.0])}, "1 numbers of variance"),
    ],
)
def test_a_log_with_an_unknown_action_or_no_number_is_refused(wrong, said):
    whole = {
        "action": np.array([0, 1]),
        "propensity": np.full(2, 0.5),
        "reward": np.ones(2),
        "prediction": np.ones((2, 2)),
    }
    with pytest.raises(ValueError, match=said):
        Log(**(whole | wrong))


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (np.zeros(5, dtype=int), "has 5 rows, the log 4"),
        (np.full((5, 2), 0.5), "has 5 rows, the log 4"),
        (np.array([0, 1, 2, 1]), "1 actions of the policy"),
        (np.full((4, 3), 1 / 3), "chances of 3 actions, the log 2"),
        (np.full((4, 2), np.nan), "chances of 4 rows"),
    ],
)
def test_a_policy_that_is_not_one_of_the_log_is_refused(policy, said):
    log = log_of(np.array([0, 1, 1, 0]))
    for both in ((policy,), (np.zeros(4, dtype=int), policy)):
        with pytest.raises(ValueError, match=said):
            policy_sums(log, *both)
        with pytest.raises(ValueError, match=said):
            PolicySums(4).add(log, *both)


def test_rows_of_a_subject_that_lie_apart_are_refused():
    with pytest.raises(ValueError, match="lie apart"):
        log_of(np.zeros(3, dtype=int), subject=np.array([1, 2, 1]))
    with pytest.raises(ValueError, match=r"\[2, 3\] rows"):
        log_of(np.zeros(3, dtype=int), subject=np.array([1, 2]))
