from dataclasses import replace

import numpy as np
import pytest
from policy_arms import terms_by_arm
from scipy import stats
from scipy.special import expit

from bank_marketing.methods.bayesian_logistic import Posterior, fit, prior
from bank_marketing.methods.new_arms import NewArms, with_no_contact
from bank_marketing.methods.policies import REACH, Policy, chances_of, choose, probabilities

TRAITS = np.random.default_rng(1).normal(size=(400, 2))
ARMS = terms_by_arm(TRAITS, 6)
RULES = ["thompson", "upper_bound", "epsilon_greedy", "greedy", "uniform"]


def _choose(policy, posterior, arms, rng, **given):
    return choose(policy, chances_of(policy, posterior, arms, rng), rng, **given)


def _posterior():
    rng = np.random.default_rng(2)
    rows = ARMS[np.arange(400), rng.integers(0, 6, 400)]
    return fit(prior(np.full(ARMS.shape[2], 1.0)), rows, (rng.random(400) < expit(rows[:, 0])).astype(float))


def test_greedy_takes_what_earns_most_at_the_mode():
    posterior = _posterior()
    value, cost = np.linspace(1, 2, 6), np.linspace(0, 0.9, 6)
    profit = expit(ARMS @ posterior.mean) * value - cost
    chosen = _choose(
        Policy("greedy", "greedy"), posterior, ARMS, np.random.default_rng(0), value=value, cost=cost
    )
    assert (chosen == profit.argmax(axis=1)).all()


def test_an_upper_bound_prefers_the_unknown_of_two_equals():
    known, unknown = 0.1, 2.0
    posterior = Posterior(np.zeros(2), np.diag([known, unknown]))
    chosen = _choose(Policy("bound", "upper_bound"), posterior, np.eye(2)[None], np.random.default_rng(0))
    assert chosen.tolist() == [1]
    assert REACH > 0


def test_thompson_draws_as_often_as_an_arm_is_the_best():
    mean, deviation = np.array([0.0, 0.5]), np.array([1.0, 0.7])
    posterior, arms = Posterior(mean, np.diag(deviation)), np.repeat(np.eye(2)[None], 20_000, 0)
    for factor in (1.0, 0.1):
        expected = stats.norm.cdf((mean[1] - mean[0]) / np.sqrt(factor * (deviation**2).sum()))
        chosen = _choose(Policy("draw", "thompson", factor), posterior, arms, np.random.default_rng(3))
        assert chosen.mean() == pytest.approx(expected, abs=0.015)
        shares = probabilities(
            Policy("draw", "thompson", factor), posterior, arms[:5], np.random.default_rng(4), draws=20_000
        )
        assert shares[:, 1].mean() == pytest.approx(expected, abs=0.015)


@pytest.mark.parametrize("rule", RULES)
def test_probabilities_are_a_distribution_and_those_by_which_arms_are_chosen(rule):
    policy, posterior = Policy(rule, rule, epsilon=0.3), _posterior()
    shares = probabilities(policy, posterior, ARMS, np.random.default_rng(5))
    assert shares.sum(axis=1) == pytest.approx(np.ones(400))
    assert (shares >= 0).all()
    counts = np.zeros_like(shares)
    rng = np.random.default_rng(6)
    for _ in range(400):
        counts[np.arange(400), _choose(policy, posterior, ARMS, rng)] += 1
    away = np.abs(counts / 400 - shares)
    assert away.mean() < 0.02
    assert away.max() < 0.2


@pytest.mark.parametrize("rule", RULES)
def test_nobody_gets_an_arm_that_they_may_not_get(rule):
    policy, posterior = Policy(rule, rule, epsilon=0.5), _posterior()
    allowed = np.random.default_rng(8).random((400, 6)) < 0.3
    allowed[:, 2] = True
    for seed in range(20):
        chosen = _choose(policy, posterior, ARMS, np.random.default_rng(seed), allowed=allowed)
        assert allowed[np.arange(400), chosen].all()
    shares = probabilities(policy, posterior, ARMS, np.random.default_rng(5), allowed=allowed)
    assert (shares[~allowed] == 0).all()
    assert shares.sum(axis=1) == pytest.approx(np.ones(400))
    allowed[7] = False
    with pytest.raises(ValueError, match="no contact"):
        _choose(policy, posterior, ARMS, np.random.default_rng(1), allowed=allowed)


def test_nobody_is_contacted_where_no_arm_is_worth_what_it_costs():
    posterior = _posterior()
    chance = expit(ARMS @ posterior.mean)
    threshold = np.median(chance.max(axis=1))
    value, cost = np.full(6, 10.0), np.full(6, 10 * threshold)
    arms, values, costs = with_no_contact(ARMS, value, cost)
    chosen = _choose(
        Policy("greedy", "greedy"), posterior, arms, np.random.default_rng(0), value=values, cost=costs
    )
    is_worth = chance.max(axis=1) > threshold
    assert 0 < is_worth.sum() < 400
    assert ((chosen == 6) == ~is_worth).all()
    assert (arms[:, 6] == 0).all()


def _new(outcomes, **settings):
    counts = np.full(6, np.inf)
    counts[4] = outcomes
    return NewArms(counts, **({"needed": 100, "largest_share": 0.2, "chance": 0.5} | settings))


@pytest.mark.parametrize("rule", RULES)
def test_a_new_arm_goes_to_no_more_than_its_share_however_good_it_seems(rule):
    policy = Policy(rule, rule, epsilon=0.3)
    posterior, value = _posterior(), np.where(np.arange(6) == 4, 100.0, 1.0)
    shares = probabilities(policy, posterior, ARMS, np.random.default_rng(5), value=value, new=_new(0))
    rng = np.random.default_rng(6)
    chosen = [_choose(policy, posterior, ARMS, rng, value=value, new=_new(0)) for _ in range(50)]
    expected = {"uniform": 0.2 / 6, "epsilon_greedy": 0.7 * 0.2 + 0.3 * 0.2 / 6}.get(rule, 0.2)
    assert shares[:, 4].mean() == pytest.approx(expected, abs=0.005)
    assert (np.array(chosen) == 4).mean() == pytest.approx(expected, abs=0.01)
    assert shares.sum(axis=1) == pytest.approx(np.ones(400))
    if rule != "uniform":
        assert probabilities(policy, posterior, ARMS, rng, value=value, new=_new(100))[:, 4].mean() > 0.7


def test_the_chance_of_a_new_arm_comes_from_the_stated_one():
    chances = np.array([[0.9, 0.9, 0.9]])
    new = NewArms(np.array([0.0, 25.0, 300.0]), needed=100, largest_share=0.1, chance=0.1)
    assert new.drawn_towards_start(chances).tolist() == [[0.1, pytest.approx(0.3), 0.9]]


def test_who_may_get_only_a_new_arm_gets_it():
    allowed = np.zeros((400, 6), dtype=bool)
    allowed[:, 4] = True
    chosen = _choose(
        Policy("greedy", "greedy"), _posterior(), ARMS, np.random.default_rng(0), allowed=allowed, new=_new(0)
    )
    assert (chosen == 4).all()


@pytest.mark.parametrize("rule", ["thompson", "upper_bound", "epsilon_greedy", "greedy"])
def test_where_all_arms_are_new_they_are_chosen_though_no_contact_is_there(rule):
    arms, value, cost = with_no_contact(ARMS, np.full(6, 100.0), np.ones(6))
    new = NewArms(np.append(np.zeros(6), np.inf), 100, 0.05, 0.5, has_no_contact=True)
    policy, given = Policy(rule, rule), {"value": value, "cost": cost, "new": new}
    shares = probabilities(policy, _posterior(), arms, np.random.default_rng(5), **given)
    chosen = _choose(policy, _posterior(), arms, np.random.default_rng(5), **given)
    assert shares[:, 6].mean() < 0.05
    assert (chosen == 6).mean() < 0.05
    # An arm that isn't new holds all others to their share.
    known = replace(new, outcomes=np.where(np.arange(7) < 6, 0, np.inf) + 200 * (np.arange(7) == 0))
    shares = probabilities(policy, _posterior(), arms, np.random.default_rng(5), **(given | {"new": known}))
    assert shares[:, 1:6].sum(axis=1).mean() < 0.3


def test_probabilities_of_many_are_those_of_parts(monkeypatch):
    together = probabilities(Policy("draw", "thompson"), _posterior(), ARMS, np.random.default_rng(5))
    monkeypatch.setattr("bank_marketing.methods.policies.CHUNK", 5_000)
    parts = probabilities(Policy("draw", "thompson"), _posterior(), ARMS, np.random.default_rng(5))
    assert (together == parts).all()
