"""Policies: which arm a customer gets, by what is believed of each arm, and with which probability.

References
----------
Agrawal, S. and Goyal, N. (2013). Thompson sampling for contextual bandits with linear payoffs. Proceedings of
the 30th International Conference on Machine Learning.
Li, L., Chu, W., Langford, J. and Schapire, R. E. (2010). A contextual-bandit approach to personalized news
article recommendation. Proceedings of the 19th International Conference on World Wide Web (upper bounds).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from bank_marketing.methods.bayesian_logistic import Posterior

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Rule = Literal["thompson", "upper_bound", "epsilon_greedy", "greedy", "uniform"]

# An upper bound lies so many standard deviations above the mode.
REACH = 1.0
# From so many draws of the posterior come the probabilities of Thompson sampling.
DRAWS = 200


@dataclass(frozen=True)
class Policy:
    """A way to choose arms.

    Parameters
    ----------
    name : str
        As tables call it.
    rule : {'thompson', 'upper_bound', 'epsilon_greedy', 'greedy', 'uniform'}
        By a draw of the posterior, by an upper bound, by the best of the mode but for a share of random arms,
        by the best of the mode, or at random.
    variance_factor : float
        Of the posterior's covariance: below 1 explores less.
    epsilon : float
        Share of random arms of 'epsilon_greedy'.
    memory : float or None
        How many newest outcomes count (`bayesian_logistic.forget`); None for all.
    """

    name: str
    rule: Rule
    variance_factor: float = 1.0
    epsilon: float = 0.1
    memory: float | None = None


def choose(
    policy: Policy,
    posterior: Posterior,
    arms: FloatArray,
    rng: np.random.Generator,
    *,
    value: FloatArray | float = 1.0,
    cost: FloatArray | float = 0.0,
) -> IntArray:
    """Choose an arm for each customer.

    Parameters
    ----------
    policy : Policy
        The rule.
    posterior : Posterior
        What is believed; with leading dimensions (customers,) one each.
    arms : numpy.ndarray of shape (customers, arms, terms)
        Design of the arms.
    rng : numpy.random.Generator
        For the draws.
    value, cost : numpy.ndarray that broadcasts to (customers, arms)
        What a yes brings and what the arm costs: the arm is chosen by chance * value - cost.

    Returns
    -------
    numpy.ndarray of int, shape (customers,)
        The arms.
    """
    customers, count = arms.shape[:2]
    if policy.rule == "uniform":
        return rng.integers(0, count, size=(customers,))
    best: IntArray = (_chances(policy, posterior, arms, rng) * value - cost).argmax(axis=1)
    if policy.rule != "epsilon_greedy":
        return best
    at_random = rng.random(size=(customers,)) < policy.epsilon
    best[at_random] = rng.integers(0, count, at_random.sum())
    return best


def probabilities(
    policy: Policy,
    posterior: Posterior,
    arms: FloatArray,
    rng: np.random.Generator,
    *,
    value: FloatArray | float = 1.0,
    cost: FloatArray | float = 0.0,
    draws: int = DRAWS,
) -> FloatArray:
    """Return the distribution over arms from which to draw the arm of each customer.

    Those of Thompson sampling are shares of draws of the posterior: whoever then draws the arm from them has
    chosen it with just the probability that is logged.

    Parameters
    ----------
    policy, posterior, arms, rng, value, cost
        As for `choose`.
    draws : int
        Draws of the posterior.

    Returns
    -------
    numpy.ndarray of shape (customers, arms)
        Each row sums to 1.
    """
    customers, count = arms.shape[:2]
    if policy.rule == "uniform":
        return np.full((customers, count), 1 / count)
    if policy.rule == "thompson" and posterior.mean.ndim == 1:
        return _shares_of_draws(policy, posterior, arms, rng, value, cost, draws)
    times = draws if policy.rule == "thompson" else 1
    share = np.zeros((customers, count))
    for _ in range(times):
        best = (_chances(policy, posterior, arms, rng) * value - cost).argmax(axis=1)
        share[np.arange(customers), best] += 1 / times
    if policy.rule == "epsilon_greedy":
        share = (1 - policy.epsilon) * share + policy.epsilon / count
    return share


def _shares_of_draws(
    policy: Policy,
    posterior: Posterior,
    arms: FloatArray,
    rng: np.random.Generator,
    value: FloatArray | float,
    cost: FloatArray | float,
    draws: int,
) -> FloatArray:
    """Return how often each arm is best; all customers share the draws, which one product then takes."""
    normal = rng.normal(size=(draws, posterior.mean.shape[-1]))
    drawn = posterior.mean + np.sqrt(policy.variance_factor) * normal @ posterior.root.T
    odds = (arms.reshape(-1, arms.shape[2]) @ drawn.T).reshape(*arms.shape[:2], draws)
    worth = expit(odds) * np.broadcast_to(value, arms.shape[:2])[..., None]
    best = (worth - np.broadcast_to(cost, arms.shape[:2])[..., None]).argmax(axis=1)
    share: FloatArray = (best[:, None, :] == np.arange(arms.shape[1])[:, None]).mean(axis=2)
    return share


def _chances(policy: Policy, posterior: Posterior, arms: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Return the chance of each arm as the rule sees it: by the mode, by a draw or by an upper bound."""
    one_each = posterior.mean.ndim > 1
    if policy.rule == "thompson":
        normal = rng.normal(size=(len(arms), posterior.mean.shape[-1]))
        step = np.einsum("nab,nb->na", posterior.root, normal) if one_each else normal @ posterior.root.T
        drawn = posterior.mean + np.sqrt(policy.variance_factor) * step
        return expit(np.einsum("nka,na->nk", arms, drawn))
    mode = np.einsum("nka,na->nk" if one_each else "nka,a->nk", arms, posterior.mean)
    if policy.rule == "upper_bound":
        across = arms @ posterior.root
        return expit(mode + REACH * np.sqrt(policy.variance_factor * np.square(across).sum(axis=-1)))
    return expit(mode)
