"""Thresholds come out where they were planted, and are judged on rows that they weren't chosen on."""

import numpy as np
import pytest

from bank_marketing.methods.thresholds import held_out_threshold, youden_threshold


def test_best_cut_has_a_known_answer():
    assert youden_threshold([1, 2, 3, 4, 5, 6], [0, 0, 0, 1, 1, 1]) == (4, True)
    assert youden_threshold([1, 2, 3, 4, 5, 6], [1, 1, 0, 0, 0, 0]) == (3, False)


def test_a_missing_value_is_no_cut():
    with pytest.raises(ValueError, match="1 of 4 values are missing"):
        youden_threshold([1, np.nan, 3, 4], [0, 1, 0, 1])
    with pytest.raises(ValueError, match="missing"):
        held_out_threshold([*range(19), np.nan], np.arange(20) > 9, seed=1)


@pytest.mark.parametrize("outcome", [np.arange(20) > 9, np.arange(20) <= 9])
def test_interval_keeps_to_what_youden_can_be(outcome):
    found = held_out_threshold(np.arange(20.0), outcome * 1, seed=1)

    assert -1 <= found.youden_low < found.youden < found.youden_high <= 1


def test_planted_threshold_is_found_in_every_fold():
    rng = np.random.default_rng(1)
    values = rng.integers(0, 20, 2_000)
    outcome = (rng.random(2_000) < np.where(values >= 8, 0.9, 0.6)).astype(int)

    found = held_out_threshold(values, outcome, seed=1)

    assert found.value == 8
    assert found.is_higher_better
    assert set(found.fold_values) <= {7, 8, 9}
    assert found.youden_low > 0
    assert found.youden == pytest.approx(found.sensitivity + found.specificity - 1)


def test_threshold_on_noise_is_no_better_than_a_coin_on_rows_left_out():
    useful = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        found = held_out_threshold(rng.normal(size=400), rng.integers(0, 2, 400), comparisons=9, seed=seed)
        useful.append(found.youden_low > 0)

    assert sum(useful) <= 1
