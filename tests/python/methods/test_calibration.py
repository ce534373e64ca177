import numpy as np
import pytest

from bank_marketing.methods.calibration import (
    apply_calibrator,
    bins_outside,
    calibration_error_by_chance,
    calibration_error_interval,
    equal_count_bins,
    expected_calibration_error,
    fit_calibrator,
    reliability_curve,
    spread_by_subjects,
)
from bank_marketing.methods.intervals import bootstrap_interval


@pytest.fixture
def rows() -> tuple[np.ndarray, np.ndarray]:
    """Return calibrated probabilities and outcomes drawn from them."""
    random = np.random.default_rng(1)
    probability = random.uniform(size=20_000)
    return (random.uniform(size=20_000) < probability).astype(int), probability


def test_bins_hold_the_same_number_of_rows_and_count_from_the_highest():
    assert equal_count_bins([0.9, 0.1, 0.5, 0.4, 0.2, 0.8], bins=3).tolist() == [1, 3, 2, 2, 3, 1]
    assert set(np.bincount(equal_count_bins(np.arange(1003)))[1:]) == {100, 101}


def test_equal_probabilities_go_whole_to_the_bin_of_their_middle_rank():
    # Ranks from the highest: 1, then 2 to 5 with the middle 3.5, then 6.
    assert equal_count_bins([0.9, *[0.5] * 4, 0.1], bins=3).tolist() == [1, 2, 2, 2, 2, 3]
    # The middle of ranks 1 to 5 of 6 is 3: the second bin, and nothing is left for the first.
    assert equal_count_bins([*[0.5] * 5, 0.1], bins=3).tolist() == [2, 2, 2, 2, 2, 3]


@pytest.mark.parametrize("outcome", [[0] * 50 + [1] * 50, [1] * 50 + [0] * 50, [0, 1] * 50])
def test_equal_probabilities_that_are_right_on_average_have_no_calibration_error(outcome):
    assert expected_calibration_error(outcome, [0.5] * 100) == 0
    assert reliability_curve(outcome, [0.5] * 100)["observed"].tolist() == [0.5]


def test_bins_outside_counts_predictions_beyond_the_interval_of_what_was_seen():
    outcome = [1] * 90 + [0] * 10 + [1] * 50 + [0] * 50

    assert bins_outside(reliability_curve(outcome, [0.9] * 100 + [0.5] * 100)) == 0
    assert bins_outside(reliability_curve(outcome, [0.9] * 100 + [0.7] * 100)) == 1


def test_calibration_error_by_hand():
    # Bins (0, 0) and (1, 0): predicted .1 and .7, observed 0 and .5.
    assert expected_calibration_error([0, 0, 1, 0], [0.1, 0.1, 0.7, 0.7], bins=2) == pytest.approx(0.15)


def test_calibration_error_of_calibrated_rows_is_chance(rows):
    outcome, probability = rows

    assert expected_calibration_error(outcome, probability) < 0.01
    assert expected_calibration_error(outcome, probability**2) > 0.1


def test_calibration_error_by_chance_is_what_right_probabilities_have():
    random = np.random.default_rng(1)
    probability = random.uniform(0.05, 0.4, size=1000)
    errors = [
        expected_calibration_error((random.uniform(size=1000) < probability).astype(int), probability)
        for _ in range(300)
    ]

    by_chance = calibration_error_by_chance(reliability_curve(np.zeros(1000), probability))

    assert by_chance == pytest.approx(np.mean(errors), rel=0.05)


def test_reliability_curve_finds_the_diagonal(rows):
    curve = reliability_curve(*rows)

    assert curve["bin"].tolist() == list(range(1, 11))
    assert curve["n"].tolist() == [2000] * 10
    inside = (curve["observed_low"] <= curve["predicted"]) & (curve["predicted"] <= curve["observed_high"])
    assert inside.sum() >= 8


def test_reliability_curve_of_fewer_rows_than_bins_leaves_bins_out():
    assert len(reliability_curve([0, 1, 1], [0.2, 0.5, 0.9])) == 3


@pytest.mark.parametrize("kind", ["sigmoid", "isotonic"])
def test_calibrators_undo_a_distortion(rows, kind):
    outcome, probability = rows
    distorted = probability**3 / (probability**3 + (1 - probability) ** 3)

    calibrator = fit_calibrator(kind, distorted[:10_000], outcome[:10_000])
    restored = apply_calibrator(calibrator, distorted[10_000:])

    assert expected_calibration_error(outcome[10_000:], distorted[10_000:]) > 0.05
    assert expected_calibration_error(outcome[10_000:], restored) < 0.02


def test_isotonic_never_says_never():
    calibrator = fit_calibrator("isotonic", np.array([0.1, 0.2, 0.8, 0.9]), np.array([0, 0, 1, 1]))

    assert apply_calibrator(calibrator, np.array([0.0, 1.0])).tolist() == [0.125, 0.875]


def test_no_calibration_changes_nothing(rows):
    outcome, probability = rows

    assert apply_calibrator(fit_calibrator("none", probability, outcome), probability) is probability


def test_the_interval_of_the_calibration_error_is_that_of_ranking_each_resample_anew():
    random = np.random.default_rng(3)
    probability = random.uniform(size=(400, 2)).round(1)
    outcome = (random.uniform(size=400) < probability[:, 0] ** 2).astype(int)

    found = calibration_error_interval(outcome, probability, resamples=50, random=np.random.default_rng(1))

    expected = bootstrap_interval(
        lambda some, columns: np.mean([expected_calibration_error(some, column) for column in columns.T]),
        outcome,
        probability,
        resamples=50,
        random=np.random.default_rng(1),
    )
    assert found == pytest.approx(expected)


def test_rows_of_a_subject_that_go_together_widen_the_spread_and_others_do_not():
    rng = np.random.default_rng(1)
    outcome, chance = (rng.random(4_000) < 0.3).astype(int), np.full(4_000, 0.3)
    fours = np.arange(0, 16_000, 4)

    assert spread_by_subjects(outcome.repeat(4), chance.repeat(4), fours) == pytest.approx(2)
    assert spread_by_subjects(outcome, chance, np.arange(0, 4_000, 4)) == pytest.approx(1, abs=0.05)
