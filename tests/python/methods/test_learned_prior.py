import numpy as np
import pytest
from scipy.special import expit

from bank_marketing.methods.learned_prior import FIRST, FREE, LEAST, learn_prior

GROUP = np.repeat([-1, 0, 1], [1, 10, 10])


def _log(rows, seed, spread=1.0):
    """Make rows in which the first ten terms matter and the others don't."""
    rng = np.random.default_rng(seed)
    design = np.column_stack([np.ones(rows), rng.normal(size=(rows, 20))])
    truth = np.concatenate([[2.0], rng.normal(0, spread, 10), np.zeros(10)])
    return design, (rng.random(rows) < expit(design @ truth)).astype(float), truth


def test_the_variance_that_coefficients_were_drawn_from_is_found():
    learned = [learn_prior(*_log(4_000, seed, 0.5)[:2], GROUP)[0].variance for seed in range(20)]
    assert np.median([each[1] for each in learned]) == pytest.approx(0.25, rel=0.3)
    assert max(each[11] for each in learned) < 0.02
    assert [each[0] for each in learned] == pytest.approx([FREE] * 20)


def test_terms_that_do_nothing_are_held_near_0():
    rows, outcome, truth = _log(600, 1)
    posterior = learn_prior(rows, outcome, GROUP)[1]
    assert np.abs(posterior.mean[11:]).max() < 0.05
    assert np.abs(posterior.mean[1:11] - truth[1:11]).mean() < 0.25


def test_what_no_row_tells_of_stays_as_it_was():
    rows, outcome, _ = _log(600, 1)
    rows[:, 11:] = 0
    before, posterior = learn_prior(rows, outcome, GROUP)
    assert before.variance[11:] == pytest.approx(np.full(10, FIRST))
    assert posterior.variance[11:] == pytest.approx(np.full(10, FIRST))
    nothing = learn_prior(rows[:0], outcome[:0], GROUP)[1]
    assert nothing.variance[1:] == pytest.approx(np.full(20, FIRST))
    assert LEAST < FIRST
