"""What policies earn where the truth is known: regret over time, also after the best arm changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    """

    chance: FloatArray
    chance_later: FloatArray | None = None
    value: FloatArray | float = 1.0
    cost: FloatArray | float = 0.0


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
    before_log : Posterior
        What was believed before any outcome: nothing is forgotten beyond it.
    """

    policy: Policy
    arms: FloatArray
    start: Posterior
    before_log: Posterior


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
        runs) regret (yeses missed so far beside the arm that is best for each customer by chance * value -
        cost) and regret_value (the same in money).
    """
    rng = np.random.default_rng([seed, 0])
    who = rng.integers(0, len(world.chance), (decisions, runs))
    luck = rng.random((decisions, runs))
    told = [
        _regret(world, contestant, who, luck, checkpoints, np.random.default_rng([seed, n + 1]))
        for n, contestant in enumerate(contestants)
    ]
    rows = []
    for contestant, regrets in zip(contestants, told, strict=True):
        for decided, (missed, lost) in zip(checkpoints, regrets, strict=True):
            rows.append(
                (contestant.policy.name, decided, runs, *row_mean_interval(missed), *row_mean_interval(lost))
            )
    names = ["regret", "regret_low", "regret_high", "regret_value", "regret_value_low", "regret_value_high"]
    return pd.DataFrame(rows, columns=["policy", "decisions", "runs", *names])


def _regret(
    world: World,
    contestant: Contestant,
    who: IntArray,
    luck: FloatArray,
    checkpoints: Sequence[int],
    rng: np.random.Generator,
) -> list[tuple[FloatArray, FloatArray]]:
    """Return the regret of each run at each checkpoint, in yeses and in money."""
    decisions, runs = who.shape
    policy, start = contestant.policy, contestant.start
    posterior = Posterior(np.repeat(start.mean[None], runs, 0), np.repeat(start.root[None], runs, 0))
    missed, lost, told = np.zeros(runs), np.zeros(runs), []
    every = np.arange(runs)
    for n in range(decisions):
        is_later = world.chance_later is not None and n >= decisions // 2
        chance = (world.chance_later if is_later else world.chance)[who[n]]  # type: ignore[index]
        value, cost = _of(world.value, who[n]), _of(world.cost, who[n])
        arms = contestant.arms[who[n]]
        chosen = choose(policy, posterior, arms, rng, value=value, cost=cost)
        profit = chance * value - cost
        best = profit.argmax(axis=1)
        missed += chance[every, best] - chance[every, chosen]
        lost += profit[every, best] - profit[every, chosen]
        if policy.rule != "uniform":
            if policy.memory is not None:
                posterior = forget(posterior, contestant.before_log, policy.memory)
            happened = (luck[n] < chance[every, chosen]).astype(float)
            posterior = update(posterior, arms[every, chosen], happened)
        if n + 1 in checkpoints:
            told.append((missed.copy(), lost.copy()))
    return told


def _of(amount: FloatArray | float, who: IntArray) -> FloatArray | float:
    """Return the amounts of some customers, where they differ."""
    return amount[who] if isinstance(amount, np.ndarray) and len(amount) > 1 else amount
