"""Change of a rate along an order: found where it is planted, not where there is none."""

import numpy as np
import pytest

from bank_marketing.methods import change_point
from bank_marketing.methods.change_point import find_change

pytestmark = pytest.mark.slow


def series(n: int, change_at: int, before: float, after: float, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).random(n) < np.where(np.arange(n) < change_at, before, after)


@pytest.mark.parametrize("rate", [0.02, 0.5, 0.88])
def test_stable_series_raise_few_alarms(rate):
    alarms = sum(
        find_change(series(2_000, 0, rate, rate, seed), seed=1, draws=199).is_change for seed in range(100)
    )

    assert alarms <= 5


@pytest.mark.parametrize("change_at", [1_000, 4_000, 7_400])
def test_planted_drop_is_found_within_two_percent_of_the_rows(change_at):
    for seed in range(10):
        found = find_change(series(8_000, change_at, 0.9, 0.6, seed), seed=1)

        assert found.is_change
        assert abs(found.position - change_at) <= 160
        assert found.rate_before[0] == pytest.approx(0.9, abs=0.05)
        assert found.rate_after[0] == pytest.approx(0.6, abs=0.1)


def test_place_is_exact_where_labels_change_altogether():
    found = find_change([0] * 700 + [1] * 300, seed=1)

    assert found.position == 700
    assert (found.rate_before[0], found.rate_after[0]) == (0, 1)
    assert found.p_value == pytest.approx(0.001)


def test_statistic_is_the_likelihood_ratio():
    """20 of 100 against 40 of 100, with 30 % in both: 2 sum of counts x log(count / expected count)."""
    found = find_change([20, 40], [100, 100], seed=1)

    expected = 2 * sum(
        count * np.log(count / mean) for count, mean in [(20, 30), (80, 70), (40, 30), (60, 70)]
    )
    assert found.statistic == pytest.approx(expected)
    assert found.position == 1


def test_same_seed_same_critical_value_and_other_seeds_hardly_another():
    labels = series(2_000, 0, 0.3, 0.3, 1)

    values = [find_change(labels, seed=seed).critical_value for seed in (1, 1, 2, 3)]

    assert values[0] == values[1]
    assert np.ptp(values) < 0.25 * np.mean(values)


def test_groups_of_labels_give_the_place_of_the_labels():
    labels = series(8_000, 4_000, 0.9, 0.6, 3)

    found = find_change(labels.reshape(-1, 20).sum(axis=1), np.full(400, 20), seed=1)

    assert found.is_change
    assert found.n == 8_000
    assert abs(found.position - 200) <= 8


def test_missing_labels_count_for_the_position_only():
    labels = np.concatenate([np.full(500, np.nan), np.zeros(500), np.ones(500)])

    found = find_change(labels, seed=1)

    assert (found.n, found.position) == (1_000, 1_000)


@pytest.mark.parametrize("label", [0, 1])
def test_one_class_has_no_change(label):
    found = find_change([label] * 1_000, seed=1)

    assert (found.statistic, found.p_value, found.position) == (0, 1, None)
    assert not found.is_change


@pytest.mark.parametrize("labels", [[], [1], [0] * 40 + [1] * 59, [np.nan] * 500])
def test_short_series_are_not_judged(labels):
    found = find_change(labels, seed=1)

    assert np.isnan(found.statistic)
    assert found.n < change_point.LEAST_LABELS
    assert not found.is_change


def test_one_long_group_is_not_judged():
    assert np.isnan(find_change([10], [1_000], seed=1).statistic)


def test_change_within_the_trimmed_ends_is_not_placed_there():
    found = find_change([1] * 10 + [0] * 990, seed=1)

    assert found.position >= 20


@pytest.mark.parametrize("labels, trials", [([0.5] * 200, None), ([3] * 200, [2] * 200), ([-1] * 200, None)])
def test_what_is_no_label_is_refused(labels, trials):
    with pytest.raises(ValueError, match="0 or 1"):
        find_change(labels, trials, seed=1)
