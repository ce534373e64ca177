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
from bank_marketing.methods.new_arms import NewArms

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
Rule = Literal["thompson", "upper_bound", "epsilon_greedy", "greedy", "uniform"]

# An upper bound lies so many standard deviations above the mode.
REACH = 1.0
# From so many draws of the posterior come the probabilities of Thompson sampling.
DRAWS = 200
# Chances that are held in memory at once.
CHUNK = 1_000_000


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
    chances: FloatArray,
    rng: np.random.Generator,
    *,
    value: FloatArray | float = 1.0,
    cost: FloatArray | float = 0.0,
    allowed: BoolArray | None = None,
    new: NewArms | None = None,
) -> IntArray:
    """Choose an arm for each customer.

    Parameters
    ----------
    policy : Policy
        The rule.
    chances : numpy.ndarray of shape (..., arms)
        Of a yes, as the policy sees them (`chances_of`).
    rng : numpy.random.Generator
        For what is drawn at random.
    value, cost : numpy.ndarray that broadcasts to it
        What a yes brings and what the arm costs: the arm is chosen by chance * value - cost.
    allowed : numpy.ndarray of the same shape, optional
        Which arms a customer may get; all by default.
    new : NewArms, optional
        What holds back new arms.

    Returns
    -------
    numpy.ndarray of int, shape (...)
        The arms.

    Raises
    ------
    ValueError
        If a customer may get no arm.
    """
    may = _may(allowed, new, chances.shape, rng)
    if policy.rule == "uniform":
        return _at_random(may, rng)
    best = _best(chances, new, value, cost, may)
    if policy.rule != "epsilon_greedy":
        return best
    return np.where(rng.random(best.shape) < policy.epsilon, _at_random(may, rng), best)


def chances_of(
    policy: Policy, posterior: Posterior, arms: FloatArray, rng: np.random.Generator
) -> FloatArray:
    """Return the chance of each arm as the rule sees it: by the mode, by a draw or by an upper bound.

    Parameters
    ----------
    policy, rng
        As for `choose`.
    posterior : Posterior
        What is believed, without leading dimensions.
    arms : numpy.ndarray of shape (customers, arms, terms)
        Design of the arms.

    Returns
    -------
    numpy.ndarray of shape (customers, arms)
        Chances of a yes.
    """
    if policy.rule == "thompson":
        normal = rng.normal(size=(len(arms), len(posterior.mean)))
        drawn = posterior.mean + np.sqrt(policy.variance_factor) * (normal @ posterior.root.T)
        return expit(np.einsum("nka,na->nk", arms, drawn))
    mode = arms @ posterior.mean
    if policy.rule == "upper_bound":
        across = arms @ posterior.root
        return expit(mode + upper_reach(policy, np.square(across).sum(axis=-1)))
    return expit(mode)


def upper_reach(policy: Policy, variance: FloatArray) -> FloatArray:
    """Return how far above the mode an upper bound lies, in log odds of the given variance."""
    reach: FloatArray = REACH * np.sqrt(policy.variance_factor * variance)
    return reach


def probabilities(
    policy: Policy,
    posterior: Posterior,
    arms: FloatArray,
    rng: np.random.Generator,
    *,
    value: FloatArray | float = 1.0,
    cost: FloatArray | float = 0.0,
    allowed: BoolArray | None = None,
    new: NewArms | None = None,
    draws: int = DRAWS,
) -> FloatArray:
    """Return the distribution over arms from which to draw the arm of each customer.

    Those of Thompson sampling are shares of draws of the posterior: whoever then draws the arm from them has
    chosen it with just the probability that is logged. The customers share the draws.

    Parameters
    ----------
    policy, posterior, arms, rng, value, cost, allowed, new
        As for `choose`; the posterior without leading dimensions.
    draws : int
        Draws of the posterior, and of who may get new arms.

    Returns
    -------
    numpy.ndarray of shape (customers, arms)
        Each row sums to 1.

    Raises
    ------
    ValueError
        If a customer may get no arm.
    """
    shape = arms.shape[:2]
    is_drawn = policy.rule == "thompson"
    times = draws if is_drawn or new is not None else 1
    drawn = posterior.mean[None]
    if is_drawn:
        normal = rng.normal(size=(times, len(posterior.mean))) @ posterior.root.T
        drawn = drawn + np.sqrt(policy.variance_factor) * normal
    value, cost = np.broadcast_to(value, shape)[:, None], np.broadcast_to(cost, shape)[:, None]
    shares = np.empty(shape)
    step = max(1, CHUNK // (times * shape[1]))
    for start in range(0, len(arms), step):
        part = slice(start, start + step)
        if is_drawn:
            chances = expit((arms[part] @ drawn.T).swapaxes(1, 2))
        else:
            chances = chances_of(policy, posterior, arms[part], rng)[:, None]
        shares[part] = shares_by_chances(
            policy,
            np.broadcast_to(chances, (len(chances), times, shape[1])),
            rng,
            value=value[part],
            cost=cost[part],
            allowed=None if allowed is None else allowed[part],
            new=new,
        )
    return shares


def shares_by_chances(
    policy: Policy,
    chances: FloatArray,
    rng: np.random.Generator,
    *,
    value: FloatArray | float,
    cost: FloatArray | float,
    allowed: BoolArray | None = None,
    new: NewArms | None = None,
) -> FloatArray:
    """Return the distribution over arms, given the chances as the policy sees them.

    Parameters
    ----------
    policy, rng, new
        As for `choose`.
    chances : numpy.ndarray of shape (customers, draws, arms)
        Of a yes, one or more times.
    value, cost : numpy.ndarray that broadcasts to it
        As for `choose`.
    allowed : numpy.ndarray of bool, shape (customers, arms), optional
        As for `choose`.

    Returns
    -------
    numpy.ndarray of shape (customers, arms)
        Each row sums to 1.

    Raises
    ------
    ValueError
        If a customer may get no arm.
    """
    may = _may(None if allowed is None else allowed[:, None], new, chances.shape, rng)
    return _shares(policy, _best(chances, new, value, cost, may), may)


def _shares(policy: Policy, best: IntArray, may: BoolArray) -> FloatArray:
    """Return how often each arm is chosen; best has shape (customers, draws), may an axis more."""
    if policy.rule == "uniform":
        return _evenly(may)
    customers, count = len(may), may.shape[-1]
    place = np.arange(customers)[:, None] * count + best
    often = np.bincount(place.ravel(), minlength=customers * count).reshape(customers, count) / best.shape[1]
    if policy.rule != "epsilon_greedy":
        return often
    return (1 - policy.epsilon) * often + policy.epsilon * _evenly(may)


def _evenly(may: BoolArray) -> FloatArray:
    """Return shares that are the same for all arms that may be chosen."""
    return np.asarray((may / may.sum(axis=-1, keepdims=True)).mean(axis=1))


def _may(
    allowed: BoolArray | None, new: NewArms | None, shape: tuple[int, ...], rng: np.random.Generator
) -> BoolArray:
    """Return which arms may be chosen, for all draws if none is new."""
    of_customer = np.ones(shape, dtype=bool) if allowed is None else allowed
    if not of_customer.any(axis=-1).all():
        raise ValueError("A customer may get no arm: let no contact be one.")
    if new is None:
        return of_customer
    return new.left(np.broadcast_to(of_customer, shape), rng)


def _best(
    chances: FloatArray,
    new: NewArms | None,
    value: FloatArray | float,
    cost: FloatArray | float,
    may: BoolArray,
) -> IntArray:
    """Return the arm that earns most of those that may be chosen."""
    expected = chances if new is None else new.drawn_towards_start(chances)
    profit = expected * value
    profit -= np.where(may, cost, np.inf)
    best: IntArray = profit.argmax(axis=-1)
    return best


def _at_random(may: BoolArray, rng: np.random.Generator) -> IntArray:
    """Draw one of the arms that may be chosen."""
    drawn: IntArray = np.where(may, rng.random(may.shape), -1).argmax(axis=-1)
    return drawn
