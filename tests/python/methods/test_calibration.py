import numpy as np
import pytest

from bank_marketing.methods.calibration import (
    apply_calibrator,
    calibration_error_by_chance,
    equal_count_bins,
    expected_calibration_error,
    fit_calibrator,
    reliability_curve,
)


@pytest.fixture
def rows() -> tuple[np.ndarray, np.ndarray]:
    """Return calibrated probabilities and outcomes drawn from them."""
    random = np.random.default_rng(1)
    probability = random.uniform(size=20_000)
    return (random.uniform(size=20_000) < probability).astype(int), probability


def test_bins_hold_the_same_number_of_rows_and_rise():
    assert equal_count_bins([0.9, 0.1, 0.5, 0.5, 0.2, 0.8], bins=3).tolist() == [3, 1, 2, 2, 1, 3]


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
