"""What policies earn where the truth is known: regret over time, also after the best arm changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bank_marketing.methods.bayesian_logistic import Posterior, forget, update
from bank_marketing.methods.intervals import row_mean_interval
from bank_marketing.methods.policies import Policy, choose

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class World:
    """Customers, and the chance of a yes that each arm really has.

    Parameters
    ----------
    chance : numpy.ndarray of shape (customers, arms)
        The truth.
    chance_later : numpy.ndarray of shape (customers, arms), optional
        The truth in the second half of the decisions; None where nothing changes.
    value, cost : float or numpy.ndarray that broadcasts to (customers, arms)
        Of a yes, and of an arm, for the regret in money.
    aims_at_money : bool
        Whether policies choose by chance * value - cost, or by the chance alone.
    """

    chance: FloatArray
    chance_later: FloatArray | None = None
    value: FloatArray | float = 1.0
    cost: FloatArray | float = 0.0
    aims_at_money: bool = True


@dataclass(frozen=True)
class Contestant:
    """A policy with what it knows of customers and what it believes at the start.

    Parameters
    ----------
    policy : Policy
        How it chooses.
    arms : numpy.ndarray of shape (customers, arms, terms)
        Design of the arms for each customer of the world.
    start : Posterior
        Without leading dimensions.
    forgotten : Posterior
        Nothing is forgotten beyond it; without leading dimensions.
    learns : bool
        Whether it learns from the outcomes.
    """

    policy: Policy
    arms: FloatArray
    start: Posterior
    forgotten: Posterior
    learns: bool = True


def simulate(
    world: World,
    contestants: Sequence[Contestant],
    *,
    decisions: int,
    runs: int,
    checkpoints: Sequence[int],
    seed: int,
) -> pd.DataFrame:
    """Let policies decide for customers drawn at random, and learn from the outcomes one by one.

    In each run all policies meet the same customers in the same order, and with the same luck.

    Parameters
    ----------
    world : World
        The truth.
    contestants : sequence of Contestant
        Whose regret is wanted.
    decisions, runs : int
        Decisions in each run, and runs.
    checkpoints : sequence of int
        After how many decisions regret is told, increasing.
    seed : int
        Of customers, luck and draws.

    Returns
    -------
    pandas.DataFrame
        A row for each contestant and checkpoint: policy, decisions, runs, and with 95 % intervals (over the
        runs) regret (yeses missed so far beside the arm that is best for the customer by what policies aim
        at), regret_since_change (those missed in the second half, where the world changes) and regret_value
        (profit missed so far beside the arm that earns most).
    """
    rng = np.random.default_rng([seed, 0])
    who = rng.integers(0, len(world.chance), (decisions, runs))
    luck = rng.random((decisions, runs))
    rows: list[dict[str, Any]] = []
    for number, contestant in enumerate(contestants):
        each = np.random.default_rng([seed, number + 1])
        missed, lost = _missed(world, contestant, who, luck, each)
        before = missed[: decisions // 2].sum(axis=0)
        for decided in checkpoints:
            regret = missed[:decided].sum(axis=0)
            is_later = world.chance_later is not None and decided > decisions // 2
            rows.append(
                {"policy": contestant.policy.name, "decisions": decided, "runs": runs}
                | _interval("regret", regret)
                | _interval("regret_since_change", regret - before if is_later else np.full(runs, np.nan))
                | _interval("regret_value", lost[:decided].sum(axis=0))
            )
    return pd.DataFrame(rows)


def _missed(
    world: World, contestant: Contestant, who: IntArray, luck: FloatArray, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Return the chance and the profit that each decision of each run missed."""
    decisions, runs = who.shape
    policy, start, terms = contestant.policy, contestant.start, contestant.arms.shape[2]
    posterior = Posterior(
        np.broadcast_to(start.mean, (runs, terms)), np.broadcast_to(start.root, (runs, terms, terms))
    )
    missed, lost = np.empty((2, decisions, runs))
    every = np.arange(runs)
    learns = contestant.learns and policy.rule != "uniform"
    for n in range(decisions):
        is_later = world.chance_later is not None and n >= decisions // 2
        chance = (world.chance_later if is_later else world.chance)[who[n]]  # type: ignore[index]
        value, cost = _of(world.value, who[n]), _of(world.cost, who[n])
        arms = contestant.arms[who[n]]
        profit = chance * value - cost
        if world.aims_at_money:
            chosen = choose(policy, posterior, arms, rng, value=value, cost=cost)
            best = profit.argmax(axis=1)
        else:
            chosen = choose(policy, posterior, arms, rng)
            best = chance.argmax(axis=1)
        missed[n] = chance[every, best] - chance[every, chosen]
        lost[n] = profit.max(axis=1) - profit[every, chosen]
        if learns:
            if policy.memory is not None:
                posterior = forget(posterior, contestant.forgotten, policy.memory)
            happened = (luck[n] < chance[every, chosen]).astype(float)
            posterior = update(posterior, arms[every, chosen], happened)
    return missed, lost


def _interval(name: str, of_runs: FloatArray) -> dict[str, float]:
    value, low, high = row_mean_interval(of_runs)
    return {name: value, f"{name}_low": low, f"{name}_high": high}


def _of(amount: FloatArray | float, who: IntArray) -> FloatArray | float:
    """Return the amounts of some customers, where they differ."""
    return amount[who] if isinstance(amount, np.ndarray) and len(amount) > 1 else amount
