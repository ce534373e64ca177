"""One test over groups: known answers, and the right share of false findings."""

import numpy as np
import pytest
from scipy import stats

from bank_marketing.methods.group_tests import holm, joint_trend_p_value, trend


def test_trend_is_the_weighted_line_from_the_first_to_the_last_group():
    difference, error = trend([1.0, 2.0, 3.0, 4.0], [0.5, 0.5, 0.5, 0.5], [1, 2, 3, 4])

    assert difference == pytest.approx(3)
    # Variance of a slope: .25 / sum of squares of the centred places (5), times the span 3.
    assert error == pytest.approx(3 * np.sqrt(0.25 / 5))


def test_trend_listens_to_the_groups_that_are_known_best():
    loose, _ = trend([0.0, 0.0, 9.0], [0.1, 0.1, 100.0], [1, 2, 3])

    assert abs(loose) < 0.01


@pytest.mark.slow
def test_trend_without_any_is_found_in_five_of_a_hundred():
    random = np.random.default_rng(1)
    errors = np.array([0.5, 1.0, 2.0, 1.0])

    found = [
        abs(difference) / error > stats.norm.isf(0.025)
        for difference, error in (
            trend(means, errors, range(4)) for means in random.normal(0, errors, (4_000, 4))
        )
    ]

    assert np.mean(found) == pytest.approx(0.05, abs=0.01)


def test_joint_trend_of_one_figure_is_its_trend():
    means, errors = [0.1, 0.4, 0.2, 0.9], [0.2, 0.3, 0.1, 0.4]
    difference, error = trend(means, errors, [1, 2, 3, 4])

    p = joint_trend_p_value([[mean] for mean in means], [[[error**2]] for error in errors], [1, 2, 3, 4])

    assert p == pytest.approx(2 * stats.norm.sf(abs(difference) / error))


@pytest.mark.slow
def test_joint_trend_without_any_is_found_in_five_of_a_hundred():
    random = np.random.default_rng(2)
    covariance = np.array([[1.0, -0.4], [-0.4, 2.0]])
    draws = random.multivariate_normal([0, 0], covariance, (3_000, 4))

    found = [joint_trend_p_value(means, [covariance] * 4, range(4)) < 0.05 for means in draws]

    assert np.mean(found) == pytest.approx(0.05, abs=0.012)


def test_holm_has_its_published_answer():
    # p of R's p.adjust(c(.01, .04, .03, .005), "holm").
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_holm_leaves_out_what_was_not_tested():
    corrected = holm([0.02, np.nan, 0.9])

    assert corrected[0] == pytest.approx(0.04)
    assert np.isnan(corrected[1])
    assert corrected[2] == pytest.approx(0.9)
    assert holm([]).size == 0
