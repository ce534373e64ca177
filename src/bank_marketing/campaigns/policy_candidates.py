"""Policies that compete, and what each gives to customers that it hasn't seen.

A policy is learned on some customers and says of others with what chance each campaign is theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from bank_marketing.campaigns.policy_design import Design, Start, declare, warm_start
from bank_marketing.methods.policies import DRAWS, Policy, probabilities

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

# Below 1 a policy explores less than its posterior says; .1 halved the regret of 1 (docs/studies).
VARIANCE_FACTOR = 0.1
EPSILON = 0.1

GREEDY, GREEDY_ALIKE = "greedy", "greedy without context"
SINGLE, MIX, UNIFORM = "best single campaign", "present mix", "uniform"
NO_CONTEXT = " without context"

_RULES = (
    Policy("Thompson sampling", "thompson", variance_factor=VARIANCE_FACTOR),
    Policy("upper confidence bound", "upper_bound", variance_factor=VARIANCE_FACTOR),
    Policy("epsilon-greedy", "epsilon_greedy", epsilon=EPSILON),
    Policy(GREEDY, "greedy"),
)


@dataclass(frozen=True)
class Candidate:
    """A policy that may be promoted.

    Parameters
    ----------
    policy : Policy
        Its name and rule.
    has_context : bool
        Whether it knows anything of the customer.
    """

    policy: Policy
    has_context: bool

    @property
    def name(self) -> str:
        """Return the name in tables."""
        return self.policy.name if self.has_context else self.policy.name + NO_CONTEXT


CANDIDATES = tuple(Candidate(policy, context) for context in (True, False) for policy in _RULES)


@dataclass(frozen=True)
class Money:
    """What campaigns earn, by arm.

    Parameters
    ----------
    value, cost : numpy.ndarray of shape (arms,)
        What a conversion brings, less what it is promised; and what a contact costs.
    """

    value: FloatArray
    cost: FloatArray


@dataclass(frozen=True)
class Learned:
    """What was learned on some customers: all that policies choose by.

    Parameters
    ----------
    by_customer, alike : Start
        With what is known of customers, and without.
    """

    by_customer: Start
    alike: Start

    def start(self, *, has_context: bool) -> Start:
        """Return that of a candidate."""
        return self.by_customer if has_context else self.alike


def learn(log: pd.DataFrame, types: Sequence[str], channels: Sequence[str]) -> Learned:
    """Learn from a log.

    Parameters
    ----------
    log : pandas.DataFrame
        Customers with traits, campaign and outcome.
    types, channels : sequence of str
        Levels of the arms.

    Returns
    -------
    Learned
        With and without context.
    """
    by_customer = declare(log, types=types, channels=channels)
    alike = declare(log, numbers=(), types=types, channels=channels)
    return Learned(warm_start(log, by_customer), warm_start(log, alike))


def arms_of(design: Design, customers: pd.DataFrame) -> FloatArray:
    """Return the terms of each arm for each customer."""
    return design.design(design.known(customers))


def candidate_chances(
    learned: Learned,
    customers: pd.DataFrame,
    eligible: BoolArray,
    money: Money,
    rng: np.random.Generator,
    *,
    draws: int = DRAWS,
) -> dict[str, FloatArray]:
    """Return with what chance each candidate gives each customer each arm.

    Parameters
    ----------
    learned : Learned
        From customers that aren't among these.
    customers : pandas.DataFrame
        Traits.
    eligible : numpy.ndarray of bool, shape (customers, arms)
        What each may get.
    money : Money
        By arm.
    rng : numpy.random.Generator
        For the draws of Thompson sampling.
    draws : int
        How many.

    Returns
    -------
    dict of str to numpy.ndarray of shape (customers, arms)
        By name; and `UNIFORM`.
    """
    found = {UNIFORM: eligible / eligible.sum(axis=1, keepdims=True)}
    everybody = np.arange(len(eligible))
    # Without context those who may get the same are given the same.
    may, first, group = np.unique(eligible, axis=0, return_index=True, return_inverse=True)
    for has_context, allowed, rows, row in (
        (True, eligible, everybody, everybody),
        (False, may, first, group),
    ):
        start = learned.start(has_context=has_context)
        arms = arms_of(start.design, customers.iloc[rows])
        for candidate in CANDIDATES:
            if candidate.has_context == has_context:
                found[candidate.name] = probabilities(
                    candidate.policy,
                    start.posterior,
                    arms,
                    rng,
                    value=money.value,
                    cost=money.cost,
                    allowed=allowed,
                    draws=draws,
                )[row]
    return found


def mode_chances(start: Start, customers: pd.DataFrame) -> FloatArray:
    """Return the chance of conversion of each customer under each arm, at the mode.

    Parameters
    ----------
    start : Start
        What was learned.
    customers : pandas.DataFrame
        Traits.

    Returns
    -------
    numpy.ndarray of shape (customers, arms)
    """
    chances: FloatArray = expit(arms_of(start.design, customers) @ start.posterior.mean)
    return chances
