import numpy as np
import pytest
from bayesianbandits import BayesianGLM, LaplaceApproximator
from scipy.special import expit

from bank_marketing.methods.bayesian_logistic import (
    Posterior,
    fit,
    forget,
    prior,
    update,
    update_all,
    update_together,
)


def _log(rows, terms, seed):
    rng = np.random.default_rng(seed)
    design = np.column_stack([np.ones(rows), rng.normal(size=(rows, terms - 1))])
    truth = rng.normal(size=terms)
    return design, (rng.random(rows) < expit(design @ truth)).astype(float), truth


def test_the_mode_has_no_slope_and_the_covariance_is_its_curvature():
    rows, outcome, _ = _log(300, 4, 1)
    posterior = fit(prior(np.full(4, 2.0)), rows, outcome)
    chance = expit(rows @ posterior.mean)
    assert rows.T @ (outcome - chance) == pytest.approx(posterior.mean / 2, abs=1e-4)
    curvature = np.eye(4) / 2 + (rows * (chance * (1 - chance))[:, None]).T @ rows
    assert posterior.covariance @ curvature == pytest.approx(np.eye(4), abs=1e-8)


def test_an_outcome_that_counts_twice_is_two_and_one_that_counts_as_none_is_left_out():
    rows, outcome, _ = _log(300, 3, 3)
    counts = np.tile([0, 1, 2], 100)
    counted = fit(prior(np.full(3, 1.0)), rows, outcome, counts=counts.astype(float))
    repeated = fit(prior(np.full(3, 1.0)), np.repeat(rows, counts, axis=0), np.repeat(outcome, counts))
    assert counted.mean == pytest.approx(repeated.mean, abs=1e-6)
    assert counted.covariance == pytest.approx(repeated.covariance, rel=1e-4)


def test_a_planted_truth_lies_within_the_posterior_as_often_as_it_says():
    inside = 0
    for seed in range(200):
        rows, outcome, truth = _log(400, 3, seed)
        posterior = fit(prior(np.full(3, 1.0)), rows, outcome)
        inside += int((np.abs(posterior.mean - truth) < 1.96 * np.sqrt(posterior.variance)).sum())
    assert 0.92 <= inside / 600 <= 0.98


def test_one_outcome_after_another_comes_near_all_at_once_whatever_the_order():
    rows, outcome, _ = _log(2_000, 3, 2)
    start = fit(prior(np.full(3, 1.0)), rows[:500], outcome[:500])
    at_once = fit(prior(np.full(3, 1.0)), rows, outcome)
    deviation = np.sqrt(at_once.variance)
    for order in (slice(500, None), slice(None, 499, -1)):
        after = update_all(start, rows[order], outcome[order])
        assert (np.abs(after.mean - at_once.mean) < 0.2 * deviation).all()
        assert np.sqrt(after.variance) == pytest.approx(deviation, rel=0.03)


def _whole(upper):
    # The package keeps the upper triangle alone (findings/bayesianbandits_precision_is_a_triangle.sh).
    return np.triu(upper) + np.triu(upper, 1).T


def test_all_at_once_is_what_a_maintained_package_finds():
    rows, outcome, _ = _log(500, 4, 5)
    ours = fit(prior(np.full(4, 0.5)), rows, outcome)
    theirs = BayesianGLM(2.0, approximator=LaplaceApproximator(n_iter=50)).fit(rows, outcome)
    assert ours.mean == pytest.approx(theirs.coef_, abs=1e-6)
    assert ours.covariance == pytest.approx(np.linalg.inv(_whole(theirs.cov_inv_)), rel=1e-5, abs=1e-9)


def test_one_after_another_is_what_a_maintained_package_learns():
    rows, outcome, _ = _log(200, 4, 6)
    ours = update_all(prior(np.full(4, 0.5)), rows, outcome)
    theirs = BayesianGLM(2.0, approximator=LaplaceApproximator(n_iter=1))
    for row, happened in zip(rows, outcome, strict=True):
        theirs.partial_fit(row[None], np.array([happened]))
    assert ours.mean == pytest.approx(theirs.coef_)
    assert ours.covariance == pytest.approx(np.linalg.inv(_whole(theirs.cov_inv_)))


def test_posteriors_side_by_side_learn_as_each_alone():
    rows, outcome, _ = _log(40, 3, 3)
    start = prior(np.full(3, 1.0))
    together = Posterior(np.repeat(start.mean[None], 2, 0), np.repeat(start.root[None], 2, 0))
    for n in range(20):
        together = update(together, rows[[n, n + 20]], outcome[[n, n + 20]])
    for run, part in enumerate((slice(0, 20), slice(20, 40))):
        alone = update_all(start, rows[part], outcome[part])
        assert together.mean[run] == pytest.approx(alone.mean)
        assert together.covariance[run] == pytest.approx(alone.covariance)


def test_outcomes_together_are_a_newton_step_from_what_was_believed():
    rows, outcome, _ = _log(60, 3, 3)
    start = fit(prior(np.full(3, 1.0)), rows[:40], outcome[:40])
    after = update_together(start, rows[40:], outcome[40:])
    chance = expit(rows[40:] @ start.mean)
    curvature = np.linalg.inv(start.covariance) + (rows[40:].T * (chance * (1 - chance))) @ rows[40:]
    assert after.covariance == pytest.approx(np.linalg.inv(curvature))
    step = np.linalg.solve(curvature, rows[40:].T @ (outcome[40:] - chance))
    assert after.mean == pytest.approx(start.mean + step)


def test_one_outcome_together_is_one_outcome_and_runs_learn_as_each_alone():
    rows, outcome, _ = _log(40, 3, 3)
    start = prior(np.full(3, 1.0))
    one, alone = update_together(start, rows[:1], outcome[:1]), update(start, rows[0], outcome[0])
    assert one.mean == pytest.approx(alone.mean)
    assert one.covariance == pytest.approx(alone.covariance)
    both = Posterior(np.repeat(start.mean[None], 2, 0), np.repeat(start.root[None], 2, 0))
    together = update_together(both, rows.reshape(2, 20, 3), outcome.reshape(2, 20))
    for run, part in enumerate((slice(0, 20), slice(20, 40))):
        alone = update_together(start, rows[part], outcome[part])
        assert together.mean[run] == pytest.approx(alone.mean)
        assert together.covariance[run] == pytest.approx(alone.covariance)


def test_a_row_of_zeros_teaches_nothing():
    start = prior(np.full(2, 1.0))
    after = update(start, np.zeros(2), np.array(1.0))
    assert (after.mean == start.mean).all()
    assert (after.root == start.root).all()


def test_forgetting_keeps_the_mode_and_never_believes_less_than_at_the_start():
    rows, outcome, _ = _log(500, 3, 4)
    start = prior(np.full(3, 1.0))
    posterior = fit(start, rows, outcome)
    once = forget(posterior, start, 100.0)
    assert (once.mean == posterior.mean).all()
    assert once.variance == pytest.approx(posterior.variance * 100 / 99)
    twice = forget(once, start, 100.0)
    assert forget(posterior, start, 100.0, decisions=2).root == pytest.approx(twice.root)
    for _ in range(2_000):
        posterior = forget(posterior, start, 100.0)
    assert posterior.variance == pytest.approx(start.variance)


@pytest.mark.slow
def test_with_a_memory_the_posterior_follows_a_world_that_turned():
    rows, _, truth = _log(6_000, 3, 5)
    rng = np.random.default_rng(6)
    turned = np.where(np.arange(6_000)[:, None] < 3_000, truth, -truth)
    outcome = (rng.random(6_000) < expit((rows * turned).sum(axis=1))).astype(float)
    start = prior(np.full(3, 1.0))
    with_memory = start
    for row, happened in zip(rows, outcome, strict=True):
        with_memory = update(forget(with_memory, start, 500.0), row, happened)
    without = update_all(start, rows, outcome)
    assert np.linalg.norm(with_memory.mean + truth) < 0.5 * np.linalg.norm(without.mean + truth)


@pytest.mark.parametrize("outcome", [np.array([0.0, 2.0]), np.array([0.0, np.nan])])
def test_an_outcome_that_is_none_is_refused(outcome):
    with pytest.raises(ValueError, match="0 or 1"):
        fit(prior(np.full(1, 1.0)), np.ones((2, 1)), outcome)
