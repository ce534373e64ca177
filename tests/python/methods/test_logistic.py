"""From a score to a probability."""

import numpy as np
import pytest

from bank_marketing.methods.logistic import LogisticCurve, fit_logistic_curve


def test_a_planted_curve_is_found():
    rng = np.random.default_rng(1)
    scores = rng.normal(size=40_000)
    planted = 1 / (1 + np.exp(-(-1.5 + 1.2 * scores + 0.2 * scores**2)))

    found = fit_logistic_curve(scores, rng.random(len(scores)) < planted)

    usual = (scores > -2) & (scores < 2)
    np.testing.assert_allclose(found.probability(scores[usual]), planted[usual], atol=0.02)


@pytest.mark.parametrize("curvature", [-0.4, 0.0, 0.4])
def test_a_higher_score_never_gets_a_lower_probability(curvature):
    probability = LogisticCurve(-1.0, 1.0, curvature).probability(np.linspace(-6, 6, 200))

    assert (np.diff(probability) >= 0).all()
    assert probability[-1] > probability[0]
