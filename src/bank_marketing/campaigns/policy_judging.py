"""Policies on a log: each gives customers of a fold what was learned in the folds before it.

As in `personalisation_policies`, whose log and folds these are: models of the other folds tell what campaigns
bring and who gets them; spend stays as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from bank_marketing.campaigns.personalisation import plan_of
from bank_marketing.campaigns.personalisation_policies import (
    BOTH,
    CHANNELS,
    FOLDS,
    TYPES,
    Choice,
    Plan,
    choices,
    folds,
)
from bank_marketing.campaigns.policy_candidates import (
    GREEDY,
    SINGLE,
    Learned,
    Money,
    candidate_chances,
    learn,
    mode_chances,
)
from bank_marketing.campaigns.policy_ingredients import limited_policies, share_limits
from bank_marketing.campaigns.policy_log import logged_chances
from bank_marketing.methods.policies import DRAWS
from bank_marketing.methods.share_limits import MOST_CUSTOMERS

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Judged:
    """A log with what every policy would have done.

    Parameters
    ----------
    log : dict of str to Choice
        By what is chosen, `BOTH`, `TYPES` or `CHANNELS`: logs in dollars and in conversions.
    policies : dict of str to dict of str to numpy.ndarray
        By what is chosen and by name: the chance of each action for each customer judged.
    chance : dict of bool to numpy.ndarray
        What policies with and without context expected of what the customers got.
    outcome : numpy.ndarray of shape (customers,)
        Whether they converted.
    learned : Learned
        By all customers, for use from now on.
    types, channels : list of str
        Levels of the arms.
    money : Money
        By arm.
    share, outcomes : numpy.ndarray of shape (arms,)
        Of the log: share of customers, and known outcomes.
    is_logged : bool
        Whether propensities are those with which arms were drawn.
    """

    log: dict[str, Choice]
    policies: dict[str, dict[str, FloatArray]]
    chance: dict[bool, FloatArray]
    outcome: FloatArray
    learned: Learned
    types: list[str]
    channels: list[str]
    money: Money
    share: FloatArray
    outcomes: FloatArray
    is_logged: bool

    @property
    def arms(self) -> list[tuple[str, str]]:
        """Return type and channel of each arm."""
        return [(kind, channel) for kind in self.types for channel in self.channels]


def judge(
    known: pd.DataFrame,
    *,
    seed: int,
    limits: Mapping[str, Mapping[str, Mapping[str, float]]],
    besides: pd.DataFrame | None = None,
    draws: int = DRAWS,
) -> Judged:
    """Learn and choose fold by fold.

    Parameters
    ----------
    known : pandas.DataFrame
        Customers of one log with outcomes, as `policy_log.judged_log` returns them.
    seed : int
        Of folds and draws.
    limits : mapping
        Largest shares, for `share_limits`.
    besides : pandas.DataFrame, optional
        Customers with outcomes that policies learn from as well, from `policy_log.earlier_log`.
    draws : int
        Of the posterior, for the chances of Thompson sampling.

    Returns
    -------
    Judged
        The same for every order of the rows.
    """
    plan, names = plan_of(known)
    types, channels = names[TYPES], names[CHANNELS]
    logged = logged_chances(known, types, channels, plan.is_offered)
    eligible = np.broadcast_to(plan.is_offered.ravel(), (len(known), plan.value.size))
    log = choices(plan, seed=seed)
    if logged is not None:
        eligible = logged > 0
        log = {name: _with_logged(choice, plan, logged, name) for name, choice in log.items()}
    money, fold, rng = Money(plan.value.ravel(), plan.cost.ravel()), folds(plan, seed=seed), _random(seed)
    found: list[dict[str, dict[str, FloatArray]]] = []
    expected: dict[bool, list[FloatArray]] = {True: [], False: []}
    shares = share_limits(types, channels, limits)
    for number in range(1, FOLDS):
        earlier, here = known[fold < number], known[fold == number]
        may = eligible[fold == number]
        learned = learn(pd.concat([besides, earlier]), types, channels)
        before = mode_chances(learned.by_customer, earlier.iloc[:: -(-len(earlier) // MOST_CUSTOMERS)])
        chance = mode_chances(learned.by_customer, here)
        policies = candidate_chances(learned, here, may, money, rng, draws=draws)
        policies |= limited_policies(before, chance, may, money, shares)
        worth = np.where(may, chance * money.value - money.cost, -np.inf)
        part = {name: _best_of_part(plan, name, worth, fold == number) for name in (TYPES, CHANNELS)}
        found.append({BOTH: policies, **{name: {GREEDY: best} for name, best in part.items()}})
        done = np.arange(len(here)), plan.pair()[fold == number]
        for has_context in (True, False):
            of_here = mode_chances(learned.start(has_context=has_context), here)
            expected[has_context].append(of_here[done])
    order = np.argsort(np.concatenate([np.flatnonzero(fold == number) for number in range(1, FOLDS)]))
    of_all = {
        name: {key: np.concatenate([part[name][key] for part in found])[order] for key in found[0][name]}
        for name in found[0]
    }
    for name, choice in log.items():
        of_all[name][SINGLE] = _one_hot(choice.single, choice.dollars.prediction.shape[1])
    count = np.bincount(plan.pair(), minlength=plan.value.size)
    return Judged(
        log=log,
        policies=of_all,
        chance={key: np.concatenate(parts)[order] for key, parts in expected.items()},
        outcome=log[BOTH].conversions.reward,
        learned=learn(known, types, channels),
        types=types,
        channels=channels,
        money=money,
        share=count / count.sum(),
        outcomes=count.astype(float),
        is_logged=logged is not None,
    )


def with_campaigns_of(judged: Judged, taught: pd.DataFrame) -> Judged:
    """Return the same for use, with all campaigns that taught anything: not those of the log judged alone.

    Parameters
    ----------
    judged : Judged
        From `judge`.
    taught : pandas.DataFrame
        Customers with outcomes, those judged and those besides.

    Returns
    -------
    Judged
        With other `learned`, `types`, `channels`, `money`, `share` (of who was judged) and `outcomes`.
    """
    plan, names = plan_of(taught)
    types, channels = names[TYPES], names[CHANNELS]
    share = np.zeros((len(types), len(channels)))
    kinds, ways = (
        [all_of.index(one) for one in own]
        for all_of, own in ((types, judged.types), (channels, judged.channels))
    )
    share[np.ix_(kinds, ways)] = judged.share.reshape(len(kinds), len(ways))
    return replace(
        judged,
        learned=learn(taught, types, channels),
        types=types,
        channels=channels,
        money=Money(plan.value.ravel(), plan.cost.ravel()),
        share=share.ravel(),
        outcomes=np.bincount(plan.pair(), minlength=plan.value.size).astype(float),
    )


def _random(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def _one_hot(action: npt.NDArray[np.int64], actions: int) -> FloatArray:
    hot: FloatArray = (action[:, None] == np.arange(actions)).astype(float)
    return hot


def _best_of_part(plan: Plan, name: str, worth: FloatArray, here: BoolArray) -> FloatArray:
    """Choose the type where the channel stays, or the channel where the type stays."""
    by_pair = worth.reshape(-1, *plan.value.shape)
    rows = np.arange(len(by_pair))
    of_part = by_pair[rows, :, plan.channel[here]] if name == TYPES else by_pair[rows, plan.kind[here]]
    return _one_hot(of_part.argmax(axis=1), of_part.shape[1])


def _with_logged(choice: Choice, plan: Plan, logged: FloatArray, name: str) -> Choice:
    """Put logged propensities, which need no raising, in the place of estimated ones."""
    by_pair = logged.reshape(-1, *plan.value.shape)
    rows = np.arange(len(by_pair))
    own = by_pair[rows, plan.kind, plan.channel]
    rest = {
        BOTH: np.ones(len(own)),
        TYPES: by_pair[rows, :, plan.channel].sum(axis=1),
        CHANNELS: by_pair[rows, plan.kind].sum(axis=1),
    }
    propensity = (own / rest[name])[choice.is_judged]
    return replace(
        choice,
        dollars=replace(choice.dollars, propensity=propensity),
        conversions=replace(choice.conversions, propensity=propensity),
        raised_share=0.0,
    )
