"""What is believed of the arms, laid out so that a customer takes no more than a product with it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from bank_marketing.campaigns.policy_design import Design
from bank_marketing.methods.bayesian_logistic import Posterior
from bank_marketing.methods.policies import DRAWS, Policy, upper_reach

FloatArray = npt.NDArray[np.float64]
SingleArray = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Belief:
    """What is believed of the arms after so many outcomes of the log; the last arm is no contact.

    Parameters
    ----------
    posterior : Posterior
        Of the design's terms.
    learned_through : int
        Position of the newest outcome in it.
    outcomes : numpy.ndarray of shape (arms,)
        How many of the log are in it, by arm.
    design : Design
        Of the terms.
    """

    posterior: Posterior
    learned_through: int
    outcomes: FloatArray
    design: Design

    @cached_property
    def mode(self) -> FloatArray:
        """What a customer's own numbers count for each arm: (columns, arms)."""
        return self._by_arm(self.posterior.mean).T

    @cached_property
    def covariance(self) -> FloatArray:
        """Of those counts: (arms, columns, columns)."""
        across = self._by_arm(self.posterior.root.T)
        return np.asarray(np.einsum("tac,tad->acd", across, across))

    @cached_property
    def away(self) -> SingleArray:
        """What draws of the posterior add to the mode, the same for everybody: (columns, draws * arms).

        In single precision, which takes a quarter of the time: a draw is far wider than that is coarse.
        """
        rng = np.random.default_rng(self.learned_through)
        draws = rng.normal(size=(DRAWS, len(self.posterior.mean))) @ self.posterior.root.T
        drawn = self._by_arm(draws)
        return np.ascontiguousarray(drawn.reshape(-1, drawn.shape[2]).T, dtype=np.float32)

    def drawn(self, variance_factor: float) -> SingleArray:
        """Return what a customer's own numbers count in each draw, so wide: (columns, draws * arms)."""
        if variance_factor not in self._drawn:
            wide = np.float32(math.sqrt(variance_factor)) * self.away
            self._drawn[variance_factor] = wide + np.tile(self.mode, DRAWS).astype(np.float32)
        return self._drawn[variance_factor]

    @cached_property
    def _drawn(self) -> dict[float, SingleArray]:
        return {}

    def of(self, own: FloatArray) -> Seen:
        """Return what is believed of the arms for customers, of whom `Design.own` says what is known."""
        return Seen(self, own)

    def _by_arm(self, coefficients: FloatArray) -> FloatArray:
        by_arm = self.design.by_arm(coefficients)
        return np.concatenate([by_arm, np.zeros_like(by_arm[..., :1, :])], axis=-2)


class Seen:
    """What is believed of the arms for some customers: worked out when asked for, once for all policies.

    Parameters
    ----------
    belief : Belief
        What is believed.
    own : numpy.ndarray of shape (customers, columns)
        As `Design.own` returns it.
    """

    def __init__(self, belief: Belief, own: FloatArray) -> None:
        self._belief, self._own = belief, own
        self.odds = own @ belief.mode

    @cached_property
    def variance(self) -> FloatArray:
        """Of the log-odds: (customers, arms)."""
        own = self._own.T
        spread = ((self._belief.covariance @ own) * own).sum(axis=1).T
        return np.asarray(np.maximum(spread, 0))

    def odds_of(self, customer: int, arm: int) -> tuple[float, float]:
        """Return the log-odds of one arm for one customer, and their standard deviation."""
        own = self._own[customer]
        spread = float(own @ self._belief.covariance[arm] @ own)
        return float(self.odds[customer, arm]), math.sqrt(max(spread, 0.0))

    @cached_property
    def chance(self) -> FloatArray:
        """By the mode: (customers, arms)."""
        return chance_of(self.odds)

    def chances_by(self, policy: Policy) -> npt.NDArray[Any]:
        """Return the chances as a policy sees them: shape (customers, 1 or draws, arms)."""
        if policy.rule == "thompson":
            odds = self._own.astype(np.float32) @ self._belief.drawn(policy.variance_factor)
            return chance_of(odds.reshape(len(odds), DRAWS, -1))
        if policy.rule == "upper_bound":
            return chance_of(self.odds + upper_reach(policy, self.variance))[:, None]
        return self.chance[:, None]


def chance_of(odds: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the chance by the log-odds; scipy's expit takes four times as long."""
    chance = np.asarray(odds * odds.dtype.type(0.5))
    np.tanh(chance, out=chance)
    chance += 1
    chance *= 0.5
    return chance
