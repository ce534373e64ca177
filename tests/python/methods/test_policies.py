import numpy as np
import pytest
from policy_arms import terms_by_arm
from scipy import stats
from scipy.special import expit

from bank_marketing.methods.bayesian_logistic import Posterior, fit, prior
from bank_marketing.methods.policies import REACH, Policy, choose, probabilities

TRAITS = np.random.default_rng(1).normal(size=(400, 2))
ARMS = terms_by_arm(TRAITS, 6)


def _posterior():
    rng = np.random.default_rng(2)
    rows = ARMS[np.arange(400), rng.integers(0, 6, 400)]
    return fit(prior(np.full(ARMS.shape[2], 1.0)), rows, (rng.random(400) < expit(rows[:, 0])).astype(float))


def test_greedy_takes_what_earns_most_at_the_mode():
    posterior = _posterior()
    value, cost = np.linspace(1, 2, 6), np.linspace(0, 0.9, 6)
    profit = expit(ARMS @ posterior.mean) * value - cost
    chosen = choose(
        Policy("greedy", "greedy"), posterior, ARMS, np.random.default_rng(0), value=value, cost=cost
    )
    assert (chosen == profit.argmax(axis=1)).all()


def test_an_upper_bound_prefers_the_unknown_of_two_equals():
    known, unknown = 0.1, 2.0
    posterior = Posterior(np.zeros(2), np.diag([known, unknown]))
    chosen = choose(Policy("bound", "upper_bound"), posterior, np.eye(2)[None], np.random.default_rng(0))
    assert chosen.tolist() == [1]
    assert REACH > 0


def test_thompson_draws_as_often_as_an_arm_is_the_best():
    mean, deviation = np.array([0.0, 0.5]), np.array([1.0, 0.7])
    posterior, arms = Posterior(mean, np.diag(deviation)), np.repeat(np.eye(2)[None], 20_000, 0)
    for factor in (1.0, 0.1):
        expected = stats.norm.cdf((mean[1] - mean[0]) / np.sqrt(factor * (deviation**2).sum()))
        chosen = choose(Policy("draw", "thompson", factor), posterior, arms, np.random.default_rng(3))
        assert chosen.mean() == pytest.approx(expected, abs=0.015)
        shares = probabilities(
            Policy("draw", "thompson", factor), posterior, arms[:5], np.random.default_rng(4), draws=20_000
        )
        assert shares[:, 1].mean() == pytest.approx(expected, abs=0.015)


@pytest.mark.parametrize("rule", ["thompson", "upper_bound", "epsilon_greedy", "greedy", "uniform"])
def test_probabilities_are_a_distribution_and_those_by_which_arms_are_chosen(rule):
    policy, posterior = Policy(rule, rule, epsilon=0.3), _posterior()
    shares = probabilities(policy, posterior, ARMS, np.random.default_rng(5))
    assert shares.sum(axis=1) == pytest.approx(np.ones(400))
    assert (shares >= 0).all()
    counts = np.zeros_like(shares)
    rng = np.random.default_rng(6)
    for _ in range(400):
        counts[np.arange(400), choose(policy, posterior, ARMS, rng)] += 1
    away = np.abs(counts / 400 - shares)
    assert away.mean() < 0.02
    assert away.max() < 0.2


def test_posteriors_of_each_run_choose_for_their_own_customer():
    posterior = _posterior()
    each = Posterior(np.repeat(posterior.mean[None], 400, 0), np.repeat(posterior.root[None], 400, 0))
    for rule in ("greedy", "upper_bound", "thompson"):
        alone = choose(Policy(rule, rule), posterior, ARMS, np.random.default_rng(7))
        assert (choose(Policy(rule, rule), each, ARMS, np.random.default_rng(7)) == alone).all()
