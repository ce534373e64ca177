"""Policies that compete, and what each gives to customers that it hasn't seen.

A policy is learned on some customers and says of others with what chance each campaign is theirs, or no
contact, as the service does (`service.choosing`): where each costs more than it brings, nobody is contacted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from bank_marketing.campaigns.policy_design import Design, Start, declare, warm_start
from bank_marketing.methods.new_arms import NewArms, with_no_contact
from bank_marketing.methods.policies import DRAWS, Policy, probabilities

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

# Below 1 a policy explores less than its posterior says; .1 halved the regret of 1 (docs/studies).
VARIANCE_FACTOR = 0.1
EPSILON = 0.1
# Customers whose terms are laid out at once, which bounds the memory.
PART = 2_000

GREEDY, GREEDY_ALIKE = "greedy", "greedy without context"
SINGLE, MIX, UNIFORM = "best single campaign", "present mix", "uniform"
# What drew a log of decisions; the present mix is what the campaign file says was done before any policy.
LOGGED = "logged policy"
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
    new: Mapping[str, Any] | None = None,
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
    new : mapping, optional
        What holds back new arms: outcomes (by arm), needed and largest_share of `NewArms`.

    Returns
    -------
    dict of str to numpy.ndarray of shape (customers, arms + 1)
        By name; and `UNIFORM`. The last is no contact.
    """
    allowed = np.column_stack([eligible, np.ones(len(eligible), dtype=bool)])
    # Without context those who may get the same are given the same.
    may, first, group = np.unique(allowed, axis=0, return_index=True, return_inverse=True)
    alike = _chances(learned.alike, customers.iloc[first], may, money, rng, draws, new, has_context=False)
    by_customer = _chances(learned.by_customer, customers, allowed, money, rng, draws, new, has_context=True)
    return by_customer | {name: chances[group] for name, chances in alike.items()}


def _chances(
    start: Start,
    customers: pd.DataFrame,
    allowed: BoolArray,
    money: Money,
    rng: np.random.Generator,
    draws: int,
    new: Mapping[str, Any] | None,
    *,
    has_context: bool,
) -> dict[str, FloatArray]:
    """Return what candidates with or without context give, part by part."""
    policies = {one.name: one.policy for one in CANDIDATES if one.has_context == has_context}
    if not has_context:
        policies[UNIFORM] = Policy(UNIFORM, "uniform")
    held_back = None if new is None else NewArms(**new, chance=start.chance, has_no_contact=True)
    found = {name: np.empty(allowed.shape) for name in policies}
    for begin in range(0, len(customers), PART):
        part = slice(begin, begin + PART)
        terms = arms_of(start.design, customers.iloc[part])
        arms, value, cost = with_no_contact(terms, money.value, money.cost)
        for name, policy in policies.items():
            found[name][part] = probabilities(
                policy,
                start.posterior,
                arms,
                rng,
                value=value,
                cost=cost,
                allowed=allowed[part],
                new=held_back,
                draws=draws,
            )
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
    parts = [customers.iloc[begin : begin + PART] for begin in range(0, max(len(customers), 1), PART)]
    return expit(np.concatenate([arms_of(start.design, part) @ start.posterior.mean for part in parts]))
