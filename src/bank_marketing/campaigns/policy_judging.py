"""Policies on a log: each gives customers of a fold what was learned in the folds before it.

As in `personalisation_policies`, whose log and folds these are: models of the other folds tell what campaigns
bring and who gets them; spend stays as it was. What is judged is what the service would give: any campaign of
which either log tells enough and that the customer may get, or no contact. What the log gave such a customer
with no chance is lost support. Where decisions are judged, what the campaign file tells of a customer is
learned with that customer's fold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bank_marketing.campaigns.columns import CHANNEL, KEY, TYPE
from bank_marketing.campaigns.personalisation import plan_of, with_enough_customers
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
    LOGGED,
    MIX,
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
# A column more.
_LAST = ((0, 0), (0, 1))


@dataclass(frozen=True)
class Judged:
    """A log with what every policy would have done.

    Parameters
    ----------
    log : dict of str to Choice
        By what is chosen, `BOTH`, `TYPES` or `CHANNELS`: logs in dollars and in conversions.
    policies : dict of str to dict of str to numpy.ndarray
        By what is chosen and by name: the chance of each action for each customer judged; of `BOTH` the last
        action is no contact. Where decisions are judged, `MIX` is among them; else it is the log.
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
    offered : numpy.ndarray of bool, shape (arms,)
        Which arms are served: those that either log tells enough of.
    share, outcomes : numpy.ndarray of shape (arms,)
        Share of the campaign file, and outcomes known of both logs.
    is_logged : bool
        Whether propensities are those with which arms were drawn.
    is_any_new : bool
        Whether policies that learn are held back from some arms.
    """

    log: dict[str, Choice]
    policies: dict[str, dict[str, FloatArray]]
    chance: dict[bool, FloatArray]
    outcome: FloatArray
    learned: Learned
    types: list[str]
    channels: list[str]
    money: Money
    offered: BoolArray
    share: FloatArray
    outcomes: FloatArray
    is_logged: bool
    is_any_new: bool = False

    @property
    def done_by(self) -> str:
        """Return the name of what the log did."""
        return LOGGED if self.is_logged else MIX

    @property
    def arms(self) -> list[tuple[str, str]]:
        """Return type and channel of each arm."""
        return [(kind, channel) for kind in self.types for channel in self.channels]


def judge(
    told: pd.DataFrame,
    *,
    seed: int,
    limits: Mapping[str, Mapping[str, Mapping[str, float]]],
    besides: pd.DataFrame | None = None,
    draws: int = DRAWS,
    new_actions: Mapping[str, float] | None = None,
) -> Judged:
    """Learn and choose fold by fold.

    Parameters
    ----------
    told : pandas.DataFrame
        Customers of one log with outcomes, as `policy_log.judged_log` returns them. Those of campaigns that
        enough got are judged.
    seed : int
        Of folds and draws.
    limits : mapping
        Largest shares, for `share_limits`.
    besides : pandas.DataFrame, optional
        Customers with outcomes that policies learn from as well, from `policy_log.earlier_log`.
    draws : int
        Of the posterior, for the chances of Thompson sampling.
    new_actions : mapping, optional
        Until how many outcomes an arm is new, and the largest_share of customers that gets it.

    Returns
    -------
    Judged
        The same for every order of the rows.
    """
    known = with_enough_customers(told)
    # A campaign that few decisions chose is served with what both logs tell of it.
    taught = with_enough_customers(pd.concat([besides, told], ignore_index=True))
    served, names = plan_of(taught)
    plan, _ = plan_of(known, taught)
    types, channels, offered = names[TYPES], names[CHANNELS], served.is_offered.ravel()
    logged = logged_chances(known, types, channels, plan.is_offered)
    eligible = np.broadcast_to(offered, (len(known), len(offered)))
    if logged is not None:
        eligible = eligible & logged[1]
    log = choices(plan, seed=seed, logged=None if logged is None else logged[0])
    log[BOTH] = _with_no_contact(log[BOTH])
    money, fold, rng = Money(plan.value.ravel(), plan.cost.ravel()), folds(plan, seed=seed), _random(seed)
    outcomes = np.bincount(served.pair(), minlength=served.value.size).astype(float)
    new = _new_arms(outcomes, offered, new_actions)
    shares, where = share_limits(types, channels, limits), fold[fold > 0]
    policies: dict[str, dict[str, FloatArray]] = {BOTH: {}, TYPES: {}, CHANNELS: {}}
    expected = {has_context: np.empty(len(where)) for has_context in (True, False)}
    is_besides = logged is not None and besides is not None and len(besides) > 0
    share = _shares(besides if is_besides else told, types, channels, offered)
    for number in range(1, FOLDS):
        earlier, here, may = known[fold < number], known[fold == number], eligible[fold == number]
        learned = learn(pd.concat([_without(besides, known[fold >= number]), earlier]), types, channels)
        before = mode_chances(learned.by_customer, earlier.iloc[:: -(-len(earlier) // MOST_CUSTOMERS)])
        chance = mode_chances(learned.by_customer, here)
        given = candidate_chances(learned, here, may, money, rng, draws=draws, new=new)
        limited = limited_policies(before, chance, may, money, shares)
        given |= {name: _and_nothing(chances) for name, chances in limited.items()}
        _put(policies[BOTH], where == number, given)
        worth = np.where(may, chance * money.value - money.cost, -np.inf)
        may_earn = may & (worth > 0).any(axis=1, keepdims=True)
        fixed = {SINGLE: _first(log[BOTH].worth[number], may_earn)}
        fixed |= {} if logged is None else {MIX: _shared(share, may_earn)}
        _put(policies[BOTH], where == number, fixed)
        drawn = np.where(plan.is_offered.ravel(), worth, -np.inf)
        for name in (TYPES, CHANNELS):
            best = _best_of_part(plan, name, drawn, fold == number)
            _put(policies[name], where == number, {GREEDY: best})
        got = np.arange(len(here)), plan.pair()[fold == number]
        for has_context, of_all in expected.items():
            of_all[where == number] = mode_chances(learned.start(has_context=has_context), here)[got]
    for name in (TYPES, CHANNELS):
        policies[name][SINGLE] = _one_hot(log[name].single, log[name].dollars.prediction.shape[1])
    return Judged(
        log=log,
        policies=policies,
        chance=expected,
        outcome=log[BOTH].conversions.reward,
        learned=learn(taught, types, channels),
        types=types,
        channels=channels,
        money=money,
        offered=offered,
        share=share,
        outcomes=outcomes,
        is_logged=logged is not None,
        is_any_new=new is not None,
    )


def _put(of_all: dict[str, FloatArray], here: BoolArray, given: Mapping[str, FloatArray]) -> None:
    """Write what customers of a fold are given into the arrays of all."""
    for name, chances in given.items():
        if name not in of_all:
            of_all[name] = np.empty((len(here), chances.shape[1]))
        of_all[name][here] = chances


def _without(besides: pd.DataFrame | None, customers: pd.DataFrame) -> pd.DataFrame | None:
    """Leave out what is told of some customers, on whom policies are judged."""
    return None if besides is None else besides[~besides[KEY].isin(customers[KEY])]


def _shares(rows: Any, types: list[str], channels: list[str], offered: BoolArray) -> FloatArray:
    """Return the share of each arm among those who got one that is offered."""
    kind, channel = (
        pd.Index(levels).get_indexer(rows[name]) for name, levels in ((TYPE, types), (CHANNEL, channels))
    )
    pair = (kind * len(channels) + channel)[(kind >= 0) & (channel >= 0)]
    count = np.bincount(pair, minlength=len(offered)) * offered
    return np.asarray(count / count.sum())


def _first(worth: FloatArray, may: BoolArray) -> FloatArray:
    """Give each customer the best for all of what the customer may get, or no contact."""
    left = np.where(may, worth, -np.inf)
    given = _one_hot(left.argmax(axis=1), left.shape[1]) * np.isfinite(left)
    return np.column_stack([given, 1 - given.sum(axis=1)])


def _shared(share: FloatArray, may: BoolArray) -> FloatArray:
    """Give each customer the shares of what the customer may get, or no contact."""
    left = share * may
    total = left.sum(axis=1, keepdims=True)
    return np.column_stack([left / np.where(total > 0, total, 1), total == 0])


def _new_arms(
    outcomes: FloatArray, offered: BoolArray, new_actions: Mapping[str, float] | None
) -> dict[str, Any] | None:
    """Return what holds back new arms, for `candidate_chances`; None if none is."""
    if not new_actions or outcomes[offered].min() >= new_actions["outcomes"]:
        return None
    return {
        "outcomes": np.append(outcomes, np.inf),
        "needed": int(new_actions["outcomes"]),
        "largest_share": new_actions["largest_share"],
    }


def _with_no_contact(choice: Choice) -> Choice:
    """Add the action that brings nothing and costs nothing, which everybody may get."""
    dollars, conversions = (
        replace(
            log,
            prediction=_and_nothing(log.prediction),
            supported=None if log.supported is None else np.pad(log.supported, _LAST, constant_values=True),
            has_no_contact=True,
        )
        for log in (choice.dollars, choice.conversions)
    )
    return replace(choice, dollars=dollars, conversions=conversions)


def _and_nothing(of_arms: FloatArray) -> FloatArray:
    return np.pad(of_arms, _LAST)


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
