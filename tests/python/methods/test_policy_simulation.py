from types import SimpleNamespace

import numpy as np
import pytest
from policy_arms import known_of, terms_by_arm
from scipy.special import expit

from bank_marketing.methods.bayesian_logistic import Posterior, fit, prior
from bank_marketing.methods.policies import Policy, chances_of
from bank_marketing.methods.policy_simulation import Contestant, World, _seen, simulate

CUSTOMERS = 500
RNG = np.random.default_rng(1)
TRAITS = RNG.normal(size=(CUSTOMERS, 1))
# The first of three arms suits customers with a high trait, the last those with a low one.
CHANCE = expit(-0.5 + 2 * TRAITS * np.array([1, 0, -1]))
BY_CUSTOMER, FOR_ALL = known_of(TRAITS), known_of(np.zeros((CUSTOMERS, 0)))


def _contestant(name, rule, own=BY_CUSTOMER, start=None, arms=3, **settings):
    before = prior(np.full(arms * own.shape[1], 1.0))
    return Contestant(Policy(name, rule, **settings), np.eye(arms), own, start or before, before)


def _regret(contestants, world=None, decisions=1_000, runs=10, seed=1):
    told = simulate(
        world or World(CHANCE),
        contestants,
        decisions=decisions,
        runs=runs,
        checkpoints=[decisions // 2, decisions],
        seed=seed,
    )
    return told.set_index(["policy", "decisions"])


def test_regret_is_that_of_the_truth_where_nothing_is_learned():
    told = _regret([_contestant("uniform", "uniform")], decisions=2_000, runs=20).loc[("uniform", 2_000)]
    expected = 2_000 * (CHANCE.max(axis=1) - CHANCE.mean(axis=1)).mean()
    assert told["regret"] == pytest.approx(expected, rel=0.02)
    assert told["regret_low"] < told["regret"] < told["regret_high"]
    assert told["regret_value"] == pytest.approx(told["regret"])


def test_who_knows_the_customer_and_explores_by_what_is_unknown_misses_least():
    told = _regret(
        [
            _contestant("thompson", "thompson", variance_factor=0.25),
            _contestant("epsilon", "epsilon_greedy"),
            _contestant("without context", "epsilon_greedy", own=FOR_ALL),
            _contestant("uniform", "uniform"),
        ],
        runs=40,
    )["regret"]
    assert told["thompson", 1_000] < told["epsilon", 1_000] < told["without context", 1_000]
    assert told["without context", 1_000] < told["uniform", 1_000]
    assert told["thompson", 1_000] - told["thompson", 500] < told["thompson", 500]


def test_a_log_to_start_from_saves_regret():
    arm = RNG.integers(0, 3, CUSTOMERS)
    every = np.arange(CUSTOMERS)
    outcome = (RNG.random(CUSTOMERS) < CHANCE[every, arm]).astype(float)
    terms = terms_by_arm(TRAITS, 3)
    start = fit(prior(np.full(terms.shape[2], 1.0)), terms[every, arm], outcome)
    told = _regret([_contestant("cold", "thompson"), _contestant("warm", "thompson", start=start)])["regret"]
    assert told["warm", 1_000] < 0.7 * told["cold", 1_000]


@pytest.mark.slow
def test_with_a_memory_a_policy_follows_a_change():
    world = World(CHANCE, chance_later=CHANCE[:, ::-1])
    told = _regret(
        [_contestant("all", "thompson"), _contestant("memory", "thompson", memory=300.0)],
        world,
        decisions=4_000,
    )
    after = told["regret_since_change"]
    assert after["memory", 4_000] < 0.6 * after["all", 4_000]
    assert np.isnan(after["memory", 2_000])
    assert after["all", 4_000] == pytest.approx(told["regret"]["all", 4_000] - told["regret"]["all", 2_000])


def test_money_counts_where_it_is_stated():
    world = World(
        np.full((CUSTOMERS, 3), 0.5), value=np.array([[10.0, 10.0, 10.0]]), cost=np.array([[0.0, 1.0, 4.0]])
    )
    told = _regret([_contestant("uniform", "uniform")], world).loc[("uniform", 1_000)]
    assert told["regret"] == pytest.approx(0)
    assert told["regret_value"] == pytest.approx(1_000 * 5 / 3, rel=0.05)


def test_who_aims_at_yeses_misses_money():
    chance, value = np.tile([0.9, 0.5], (CUSTOMERS, 1)), np.array([[1.0, 10.0]])
    for aims_at_money, missed in ((False, 500 * (5 - 0.9)), (True, 0)):
        world = World(chance, value=value, aims_at_money=aims_at_money)
        told = _regret([_contestant("greedy", "greedy", own=FOR_ALL, arms=2)], world).loc[("greedy", 500)]
        assert told["regret_value"] == pytest.approx(missed, rel=0.05, abs=30)
        assert told["regret"] == pytest.approx(0, abs=30)


def test_who_does_not_learn_stays_with_what_was_believed():
    before = prior(np.full(6, 1.0))
    stays = Contestant(Policy("stays", "greedy"), np.eye(3), BY_CUSTOMER, before, before, learns=False)
    told = _regret([stays], decisions=2_000, runs=20).loc[("stays", 2_000)]
    # Nothing is known, so the first arm it is.
    assert told["regret"] == pytest.approx(2_000 * (CHANCE.max(axis=1) - CHANCE[:, 0]).mean(), rel=0.05)


@pytest.mark.parametrize("rule", ["thompson", "upper_bound", "greedy"])
def test_chances_are_seen_as_where_the_terms_of_each_arm_are_laid_out(rule):
    # Two arms share a block of terms, and each of the three has one of its own.
    levels = np.array([[1.0, 1, 0, 0], [1, 0, 1, 0], [0, 0, 0, 1]])
    laid_out = (levels[None, :, :, None] * BY_CUSTOMER[:, None, None, :]).reshape(CUSTOMERS, 3, -1)
    posteriors = []
    for run in range(2):
        outcome = (np.random.default_rng(run).random(CUSTOMERS) < CHANCE[:, run]).astype(float)
        posteriors.append(fit(prior(np.full(8, 1.0)), laid_out[:, run], outcome))
    both = Posterior(*(np.stack([getattr(each, part) for each in posteriors]) for part in ("mean", "root")))
    policy, some = Policy(rule, rule, 0.5), np.array([[3, 4, 5], [6, 7, 8]])
    seen = _seen(policy, both, levels, BY_CUSTOMER[some], np.random.default_rng(1))
    drawn = np.random.default_rng(1).normal(size=(3, 2, 8)).swapaxes(0, 1)
    for run, posterior in enumerate(posteriors):
        # What chances_of draws for these customers.
        rng = SimpleNamespace(normal=lambda size, of_run=drawn[run]: of_run)
        assert seen[run] == pytest.approx(chances_of(policy, posterior, laid_out[some[run]], rng))


def test_the_same_seed_tells_the_same():
    contestants = [_contestant("thompson", "thompson")]
    first, second = (_regret(contestants, decisions=100, runs=3) for _ in range(2))
    assert first.equals(second)
    assert not _regret(contestants, decisions=100, runs=3, seed=2).equals(first)
