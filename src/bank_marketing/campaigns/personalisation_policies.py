"""What a log tells of choosing campaigns by customer: policies of models that haven't seen the customer.

Spend stays as it was, and so does what isn't chosen: where the type is chosen, the customer's channel. The
chances of conversion are a logistic model with terms that campaigns share, the chances of getting a campaign
those of its type and of its channel given the type. Both come from models of the other folds.

What a fold gets, by customer and for all, is chosen by a model of the folds before it, and the first is not
judged. If each were chosen by all others, as is usual, then customers who by chance did well would be judged
well here and swing the choice there: where campaigns are nearly as good as each other, the errors of folds go
together, and intervals are too narrow.

References
----------
Luedtke, A. R. and van der Laan, M. J. (2016). Statistical inference for the mean outcome under a possibly
non-unique optimal treatment strategy. The Annals of Statistics 44, 713-742.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bank_marketing.methods.folds import stratified_folds
from bank_marketing.methods.pair_logit import Penalty, fit_pairs, predict_pairs
from bank_marketing.methods.policy_value import Log
from bank_marketing.methods.ridge_logit import fit_multinomial, predict_multinomial

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

FOLDS = 5
PENALTY = Penalty(shared=1.0, own=1.0, traits=5.0)
ASSIGNMENT_PENALTY = 1.0
# A propensity below it counts as it: one customer may not stand for more than a hundred.
LEAST_PROPENSITY = 0.01
BOTH, TYPES, CHANNELS = "campaign type and channel", "campaign type", "campaign channel"


@dataclass(frozen=True)
class Plan:
    """Who got what, and what each campaign earns.

    Parameters
    ----------
    design : numpy.ndarray of shape (customers, columns)
        Standardised traits and spend after a column of ones.
    kind, channel : numpy.ndarray of shape (customers,)
        Type and channel, from 0.
    outcome : numpy.ndarray of shape (customers,)
        1 for a conversion, else 0.
    value, cost : numpy.ndarray of shape (types, channels)
        What a conversion brings, and what a contact costs.
    is_offered : numpy.ndarray of shape (types, channels)
        Campaigns that may be chosen.
    customer : numpy.ndarray of shape (customers,)
        Number of the customer, ascending: a log of decisions may hold several rows of one, in one fold.
    """

    design: FloatArray
    kind: IntArray
    channel: IntArray
    outcome: FloatArray
    value: FloatArray
    cost: FloatArray
    is_offered: BoolArray
    customer: IntArray

    def pair(self) -> IntArray:
        """Return the number of each customer's campaign, channels within types."""
        return self.kind * self.value.shape[1] + self.channel


@dataclass(frozen=True)
class Choice:
    """Policies and the log that they are judged on, where types, channels or both are chosen.

    Parameters
    ----------
    dollars, conversions : Log
        The same log with either reward. An action is what is chosen: a pair, a type or a channel.
    by_customer, single : numpy.ndarray of shape (customers,)
        The action for each customer; and the one for all of the customer's fold.
    worth : numpy.ndarray of shape (folds, actions)
        What each action would have earned if all of the folds before a fold had got it, of which `single` is
        the highest; minus infinity where it isn't choosable, and in the first fold.
    is_choosable : numpy.ndarray of shape (actions,)
        Whether an action may be the single one: it is offered whatever stays as it was.
    is_judged : numpy.ndarray of shape (customers of the plan,)
        Who is among these customers: all but those of the first fold.
    raised_share : float
        Share of customers whose propensity was raised to `LEAST_PROPENSITY`.
    """

    dollars: Log
    conversions: Log
    by_customer: IntArray
    single: IntArray
    worth: FloatArray
    is_choosable: BoolArray
    is_judged: BoolArray
    raised_share: float


@dataclass(frozen=True)
class _Assignment:
    """Who gets what: types alone, channels given the type, types given the channel."""

    kind: FloatArray
    channel: FloatArray
    kind_in_channel: FloatArray


def choices(plan: Plan, *, seed: int, logged: FloatArray | None = None) -> dict[str, Choice]:
    """Choose for each fold by the earlier ones, for types and channels together and for either alone.

    Parameters
    ----------
    plan : Plan
        Who got what.
    seed : int
        Seed of the folds.
    logged : numpy.ndarray of shape (customers, types * channels), optional
        With what chance each campaign was drawn, channels within types; without it models tell who gets what.

    Returns
    -------
    dict of str to Choice
        By `BOTH`, `TYPES` and `CHANNELS`.
    """
    fold = folds(plan, seed=seed)
    everybody = np.ones(len(fold), dtype=bool)
    start = _fit_outcome(plan, everybody, None)
    guess = _fit_assignment(plan, everybody, None) if logged is None else None
    parts = {name: _Parts(plan, name, logged) for name in (BOTH, TYPES, CHANNELS)}
    for number in range(1, FOLDS):
        here, others, earlier = fold == number, fold != number, fold < number
        chance = _chances(plan, _fit_outcome(plan, others, start))
        choosing = _chances(plan, _fit_outcome(plan, earlier, start))
        propensity = _propensities(plan, _fit_assignment(plan, others, guess)) if logged is None else {}
        for name, part in parts.items():
            part.judge(chance, propensity.get(name), here)
            part.choose(choosing, earlier, here, number)
    return {name: part.choice(fold > 0) for name, part in parts.items()}


def folds(plan: Plan, *, seed: int) -> IntArray:
    """Return the fold of each customer, campaigns (of several, a customer's rarest) spread over all of them.

    Parameters
    ----------
    plan : Plan
        Who got what.
    seed : int
        Same seed, same folds.

    Returns
    -------
    numpy.ndarray of shape (customers,)
        From 0.
    """
    pair = plan.pair()
    rarest_first = np.argsort(np.bincount(pair)[pair], kind="stable")
    _, first = np.unique(plan.customer[rarest_first], return_index=True)
    of_row = np.unique(plan.customer, return_inverse=True)[1]
    return stratified_folds(pair[rarest_first[first]], FOLDS, seed=seed)[of_row]


class _Parts:
    """Puts a choice together, fold by fold."""

    def __init__(self, plan: Plan, name: str, logged: FloatArray | None) -> None:
        types, channels = plan.value.shape
        customers = len(plan.outcome)
        kinds, ways = plan.kind[:, None], plan.channel[:, None]
        # The pairs among which each customer's is chosen, and which of them the customer got.
        self.pairs, self.action = {
            BOTH: (np.broadcast_to(np.arange(types * channels), (customers, types * channels)), plan.pair()),
            TYPES: (np.arange(types) * channels + ways, plan.kind),
            CHANNELS: (kinds * channels + np.arange(channels), plan.channel),
        }[name]
        self.value, self.cost = plan.value.ravel()[self.pairs], plan.cost.ravel()[self.pairs]
        self.is_offered = plan.is_offered.ravel()[self.pairs]
        self.is_choosable = self.is_offered.all(axis=0)
        self.outcome, self.customer = plan.outcome, plan.customer
        self.chance = np.empty(self.pairs.shape)
        self.propensity, self.least = np.empty(customers), LEAST_PROPENSITY
        self.supported = None
        if logged is not None:
            drawn = np.take_along_axis(logged, self.pairs, axis=1)
            self.propensity = drawn[np.arange(customers), self.action] / drawn.sum(axis=1)
            self.supported, self.least = drawn > 0, 0.0
        self.by_customer, self.single = np.empty((2, customers), dtype=np.int64)
        self.worth = np.full((FOLDS, len(self.is_choosable)), -np.inf)

    def judge(self, chance: FloatArray, propensity: FloatArray | None, here: BoolArray) -> None:
        """Keep what models of the other folds expect of a fold's customers."""
        self.chance[here] = np.take_along_axis(chance[here], self.pairs[here], axis=1)
        if propensity is not None:
            self.propensity[here] = propensity[here]

    def choose(self, chance: FloatArray, earlier: BoolArray, here: BoolArray, fold: int) -> None:
        """Choose for a fold's customers by a model of the earlier folds."""
        expected = np.take_along_axis(chance, self.pairs, axis=1) * self.value - self.cost
        self.by_customer[here] = np.where(self.is_offered, expected, -np.inf)[here].argmax(axis=1)
        for_all = expected[earlier].mean(axis=0)
        self.worth[fold] = np.where(self.is_choosable, for_all, -np.inf)
        self.single[here] = self.worth[fold].argmax()

    def choice(self, judged: BoolArray) -> Choice:
        """Return what was put together, of the folds that have earlier ones."""
        value, cost, chance = self.value[judged], self.cost[judged], self.chance[judged]
        action, outcome, propensity = self.action[judged], self.outcome[judged], self.propensity[judged]
        own, customer = (np.arange(len(action)), action), self.customer[judged]
        raised = np.maximum(propensity, self.least)
        supported = None if self.supported is None else self.supported[judged]
        variance = chance[own] * (1 - chance[own])
        earned, worth = outcome * value[own] - cost[own], chance * value - cost
        return Choice(
            dollars=Log(action, raised, earned, worth, value[own] ** 2 * variance, customer, supported),
            conversions=Log(action, raised, outcome, chance, variance, customer, supported),
            by_customer=self.by_customer[judged],
            single=self.single[judged],
            worth=self.worth,
            is_choosable=self.is_choosable,
            is_judged=judged,
            raised_share=float((propensity < self.least).mean()),
        )


def _chances(plan: Plan, coefficients: FloatArray) -> FloatArray:
    return predict_pairs(plan.design, coefficients, shape=plan.value.shape)


def _fit_outcome(plan: Plan, rows: BoolArray, start: FloatArray | None) -> FloatArray:
    return fit_pairs(
        plan.design[rows],
        plan.kind[rows],
        plan.channel[rows],
        plan.outcome[rows],
        shape=plan.value.shape,
        penalty=PENALTY,
        start=start,
    )


def _fit_assignment(plan: Plan, rows: BoolArray, start: _Assignment | None) -> _Assignment:
    types, channels = plan.value.shape
    given_type, given_channel = _with_levels(plan, plan.kind), _with_levels(plan, plan.channel)

    def fit(x: FloatArray, kind: IntArray, kinds: int, begin: FloatArray | None) -> FloatArray:
        penalty = np.full(x.shape[1], ASSIGNMENT_PENALTY)
        penalty[0] = 1e-6
        return fit_multinomial(x[rows], kind[rows], kinds, penalty=penalty, start=begin)

    return _Assignment(
        kind=fit(plan.design, plan.kind, types, start.kind if start else None),
        channel=fit(given_type, plan.channel, channels, start.channel if start else None),
        kind_in_channel=fit(given_channel, plan.kind, types, start.kind_in_channel if start else None),
    )


def _propensities(plan: Plan, fitted: _Assignment) -> dict[str, FloatArray]:
    """Return the chance that each customer had of what they got."""
    rows = np.arange(len(plan.outcome))
    kind = predict_multinomial(plan.design, fitted.kind)[rows, plan.kind]
    channel = predict_multinomial(_with_levels(plan, plan.kind), fitted.channel)[rows, plan.channel]
    kind_in_channel = predict_multinomial(_with_levels(plan, plan.channel), fitted.kind_in_channel)
    return {BOTH: kind * channel, TYPES: kind_in_channel[rows, plan.kind], CHANNELS: channel}


def _with_levels(plan: Plan, level: IntArray) -> FloatArray:
    return np.column_stack([plan.design, level[:, None] == np.arange(1, level.max() + 1)])
