"""What policies earn where the truth is known: regret over time, also after the best arm changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from bank_marketing.methods.bayesian_logistic import Posterior, forget, update_together
from bank_marketing.methods.intervals import row_mean_interval
from bank_marketing.methods.policies import Policy, choose, upper_reach

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

# So many customers decide before the outcome of the first is known; then all of theirs are learned.
TOGETHER = 25


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
    levels : numpy.ndarray of shape (arms, blocks)
        How much each block of terms counts for an arm.
    own : numpy.ndarray of shape (customers, columns)
        What is known of each customer of the world: the terms of an arm are those of its blocks times these.
    start : Posterior
        Without leading dimensions.
    forgotten : Posterior
        Nothing is forgotten beyond it; without leading dimensions.
    learns : bool
        Whether it learns from the outcomes.
    """

    policy: Policy
    levels: FloatArray
    own: FloatArray
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
    """Let policies decide for customers drawn at random, and learn from the outcomes of some at a time.

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
    policy, start = contestant.policy, contestant.start
    terms = len(start.mean)
    posterior = Posterior(
        np.broadcast_to(start.mean, (runs, terms)), np.broadcast_to(start.root, (runs, terms, terms))
    )
    missed, lost = np.empty((2, decisions, runs))
    learns = contestant.learns and policy.rule != "uniform"
    for begin in range(0, decisions, TOGETHER):
        part = slice(begin, begin + TOGETHER)
        some = who[part].T
        chance = world.chance[some]
        if world.chance_later is not None:
            later = max(decisions // 2 - begin, 0)
            chance[:, later:] = world.chance_later[some[:, later:]]
        value, cost = _of(world.value, some), _of(world.cost, some)
        profit = chance * value - cost
        own = contestant.own[some]
        seen = _seen(policy, posterior, contestant.levels, own, rng)
        if world.aims_at_money:
            aim, chosen = profit, choose(policy, seen, rng, value=value, cost=cost)
        else:
            aim, chosen = chance, choose(policy, seen, rng)
        got, of_got = _at(chance, chosen), _at(profit, chosen)
        missed[part] = (_at(chance, aim.argmax(axis=-1)) - got).T
        lost[part] = (profit.max(axis=-1) - of_got).T
        if learns:
            if policy.memory is not None:
                posterior = forget(posterior, contestant.forgotten, policy.memory, decisions=some.shape[1])
            rows = contestant.levels[chosen][..., None] * own[..., None, :]
            happened = (got > luck[part].T).astype(float)
            posterior = update_together(posterior, rows.reshape(*some.shape, terms), happened)
    return missed, lost


def _seen(
    policy: Policy, posterior: Posterior, levels: FloatArray, own: FloatArray, rng: np.random.Generator
) -> FloatArray:
    """Return the chance of each arm as the rule sees it, as `chances_of`: shape (runs, customers, arms).

    An arm's terms are the same few columns for each of its blocks, so they needn't be laid out.
    """
    runs, customers, columns = own.shape
    terms = posterior.mean.shape[-1]
    by_block = (runs, terms // columns, columns)
    if policy.rule == "thompson":
        normal = rng.normal(size=(customers, runs, terms)).swapaxes(0, 1)
        step = normal @ posterior.root.swapaxes(1, 2)
        drawn = posterior.mean[:, None] + np.sqrt(policy.variance_factor) * step
        of_block = drawn.reshape(runs, customers, *by_block[1:]) @ own[..., None]
        return np.asarray(expit(of_block[..., 0] @ levels.T))
    mode = own @ posterior.mean.reshape(by_block).swapaxes(1, 2) @ levels.T
    if policy.rule != "upper_bound":
        return np.asarray(expit(mode))
    across = (own[:, None] @ posterior.root.reshape(*by_block, terms)).swapaxes(1, 2)
    of_blocks = (across @ across.swapaxes(-1, -2)).reshape(runs, customers, -1)
    # The variance of an arm is a form of few blocks: the columns of each of its terms needn't be laid out.
    pairs = (levels[:, :, None] * levels[:, None]).reshape(len(levels), -1)
    variance = of_blocks @ pairs.T
    return np.asarray(expit(mode + upper_reach(policy, variance)))


def _at(amounts: FloatArray, arm: IntArray) -> FloatArray:
    """Return the amount of one arm of each."""
    return np.take_along_axis(amounts, arm[..., None], axis=-1)[..., 0]


def _interval(name: str, of_runs: FloatArray) -> dict[str, float]:
    value, low, high = row_mean_interval(of_runs)
    return {name: value, f"{name}_low": low, f"{name}_high": high}


def _of(amount: FloatArray | float, who: IntArray) -> FloatArray | float:
    """Return the amounts of some customers, where they differ."""
    return amount[who] if isinstance(amount, np.ndarray) and len(amount) > 1 else amount
