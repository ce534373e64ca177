"""What a test could have seen is what it sees in 80 of 100 draws."""

import numpy as np
import pytest
from scipy import stats

from bank_marketing.methods.intervals import fold_interval
from bank_marketing.methods.power import smallest_detectable, smallest_detectable_group


def test_known_answer():
    # 1.96 + 0.84 standard errors (Bloom 1995).
    assert smallest_detectable(1.0) == pytest.approx(2.80, abs=0.005)
    assert smallest_detectable(1.0, comparisons=10) > smallest_detectable(1.0)
    assert np.isnan(smallest_detectable(float("nan")))


def test_difference_of_that_size_is_found_in_four_of_five():
    estimates = np.random.default_rng(1).normal(smallest_detectable(2.0, comparisons=5), 2.0, 20_000)

    found = 2 * stats.norm.sf(np.abs(estimates) / 2.0) < 0.05 / 5

    assert found.mean() == pytest.approx(0.8, abs=0.01)


@pytest.mark.slow
def test_few_folds_see_less():
    random = np.random.default_rng(2)
    true = smallest_detectable(np.sqrt(1 / 10 + 1 / 4), comparisons=8, degrees=9)
    # Means of folds that share rows vary as Nadeau and Bengio say.
    shared = random.normal(0, np.sqrt(1 / 4), (4_000, 1))
    folds = true + shared + random.normal(0, 1, (4_000, 10))

    found = [fold_interval(one, 1 / 4, comparisons=8)[1] > 0 for one in folds]

    assert true > smallest_detectable(np.sqrt(1 / 10 + 1 / 4), comparisons=8)
    assert np.mean(found) == pytest.approx(0.8, abs=0.03)


def test_group_that_differs_by_that_is_found_by_the_joint_test_in_four_of_five():
    random = np.random.default_rng(3)
    errors = np.array([1.0, 2.0, 0.5, 1.0])
    visible = smallest_detectable_group(errors, comparisons=6)
    for group in range(4):
        means = random.normal(0, errors, (20_000, 4))
        means[:, group] += visible[group]
        weights = 1 / errors**2
        centred = means - np.average(means, axis=1, weights=weights)[:, None]
        found = stats.chi2.sf((weights * centred**2).sum(axis=1), 3) < 0.05 / 6
        assert found.mean() == pytest.approx(0.8, abs=0.01)
