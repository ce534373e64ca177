"""Logs on which policies are judged: what is refused, and with what figures."""

import numpy as np
import pytest

from bank_marketing.methods import policy_value
from bank_marketing.methods.policy_sums import policy_sums
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


def test_rows_of_a_subject_that_lie_apart_are_refused():
    with pytest.raises(ValueError, match="lie apart"):
        log_of(np.zeros(3, dtype=int), subject=np.array([1, 2, 1]))
    with pytest.raises(ValueError, match=r"\[2, 3\] rows"):
        log_of(np.zeros(3, dtype=int), subject=np.array([1, 2]))
