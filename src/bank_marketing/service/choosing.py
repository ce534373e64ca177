"""Which campaign each of some customers gets: what the rules leave, and what the policy draws of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from bank_marketing.methods.bayesian_logistic import Posterior
from bank_marketing.methods.new_arms import with_no_contact
from bank_marketing.methods.policies import DRAWS
from bank_marketing.service.publication import Contact, Publication
from bank_marketing.service.published_policy import Rule, Seen
from bank_marketing.service.rules import Rules

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

# Where a candidate falls, the earliest first; the reason of a decision without contact is the latest reached.
STAGES = (
    "profiling",
    "withdrawn",
    "not_permitted",
    "no_consent",
    "held_out",
    "control",
    "contact_pause",
    "contact_limit",
    "channel_limit",
    "quiet_hours",
    "not_asked_for",
    "not_offered",
)
Z = 1.959964


@dataclass(frozen=True)
class Belief:
    """What is believed of the arms after so many outcomes of the log.

    Parameters
    ----------
    posterior : Posterior
        Of the design's terms.
    learned_through : int
        Position of the newest outcome in it.
    outcomes : numpy.ndarray of shape (arms,)
        How many of the log are in it, by arm.
    """

    posterior: Posterior
    learned_through: int
    outcomes: FloatArray

    @cached_property
    def draws(self) -> FloatArray:
        """Draws of the posterior around its mode, the same for all who decide by it: (draws, terms)."""
        rng = np.random.default_rng(self.learned_through)
        return np.asarray(rng.normal(size=(DRAWS, len(self.posterior.mean))) @ self.posterior.root.T)

    def of(self, arms: FloatArray) -> Seen:
        """Return what is believed of the arms of customers, of shape (customers, arms, terms)."""
        flat = arms.reshape(-1, arms.shape[2])
        deviation = np.sqrt(np.square(flat @ self.posterior.root).sum(axis=1))
        away = (self.draws @ flat.T).reshape(len(self.draws), *arms.shape[:2]).swapaxes(0, 1)
        return Seen(arms @ self.posterior.mean, deviation.reshape(arms.shape[:2]), away)


@dataclass(frozen=True)
class Customer:
    """Somebody to decide for.

    Parameters
    ----------
    number : int or None
        None if only traits are known.
    known : tuple of float
        As the design wants it, nan for missing.
    contacts : sequence of tuple
        Earlier contacts: moment and channel.
    withdrawn : set of str
        Channels that outcomes have withdrawn, 'all' for all.
    channels : set of str or None
        Those that can be used now; None for all.
    """

    number: int | None
    known: tuple[float, ...]
    contacts: Sequence[Contact] = ()
    withdrawn: frozenset[str] = frozenset()
    channels: frozenset[str] | None = None


@dataclass(frozen=True)
class Choice:
    """What a customer gets.

    Parameters
    ----------
    arm : int or None
        Of the design; None for no contact.
    probability : float
        Chance that it had.
    expected, low, high : float
        Profit in US dollars with its 95 % interval; 0 without contact.
    reason : str
        A stage if nothing was left, else 'no_gain', 'best' or 'explored'.
    candidates : mapping
        A list for each column, one entry for each arm and the last for no contact; and what shadow policies
        would have chosen.
    """

    arm: int | None
    probability: float
    expected: float
    low: float
    high: float
    reason: str
    candidates: Mapping[str, Any]


def fallen(customer: Customer, publication: Publication, rules: Rules, now: datetime) -> list[str]:
    """Return for each channel of the design the stage where it falls, empty where it doesn't.

    Parameters
    ----------
    customer, publication, rules
        Of the decision.
    now : datetime.datetime
        UTC, without a zone.

    Returns
    -------
    list of str
        `STAGES` or empty.
    """
    number = customer.number
    contacts = [*customer.contacts, *publication.contacts.get(number, ())] if number is not None else []
    profiling = "profiling" if number is not None and publication.objects(number) else ""
    later = _pause(number, contacts, publication, rules, now)
    return [
        profiling
        or _no_permission(customer, channel, publication, rules)
        or later
        or rules.channel_reason(channel, contacts, now)
        or ("not_asked_for" if customer.channels is not None and channel not in customer.channels else "")
        for channel in publication.policy.start.design.channels
    ]


def _no_permission(customer: Customer, channel: str, publication: Publication, rules: Rules) -> str:
    if not customer.withdrawn.isdisjoint(("all", channel)):
        return "withdrawn"
    number = customer.number
    if number is not None and channel in publication.forbidden.get(number, ()):
        return "not_permitted"
    given: set[Any] = {(number, "all"), (number, channel.lower())}
    if channel in rules.consent_channels and publication.consenting.isdisjoint(given):
        return "no_consent"
    return ""


def _pause(
    number: int | None, contacts: Sequence[Contact], publication: Publication, rules: Rules, now: datetime
) -> str:
    if number is None:
        return ""
    if number in publication.held_out and publication.held_out[number] > now.date():
        return "held_out"
    return "control" if rules.is_control(number) else rules.pause_reason(contacts, now)


def choose(
    customers: Sequence[Customer],
    publication: Publication,
    belief: Belief,
    rules: Rules,
    now: datetime,
    rng: np.random.Generator,
) -> list[Choice]:
    """Choose for some customers at once.

    Parameters
    ----------
    customers : sequence of Customer
        Whom to decide for.
    publication, belief, rules
        By what.
    now : datetime.datetime
        UTC, without a zone.
    rng : numpy.random.Generator
        For the policy's draws.

    Returns
    -------
    list of Choice
        One for each customer.
    """
    policy = publication.policy
    design = policy.start.design
    known = np.array([customer.known for customer in customers], dtype=float)
    offered = np.isfinite(policy.value) & np.isfinite(policy.cost)
    arms, value, cost = with_no_contact(
        design.design(known.reshape(len(customers), -1)),
        np.where(offered, policy.value, 0),
        np.where(offered, policy.cost, 0),
    )
    stages = [
        [
            stage or ("" if is_offered else "not_offered")
            for stage, is_offered in zip(
                fallen(customer, publication, rules, now) * len(design.types), offered, strict=True
            )
        ]
        for customer in customers
    ]
    allowed = np.array([[not stage for stage in row] + [True] for row in stages])

    new, seen = policy.new_arms(belief.outcomes), belief.of(arms)

    def drawn(by: Rule) -> tuple[npt.NDArray[np.int64], FloatArray]:
        shares = by.probabilities(seen, rng, value=value, cost=cost, allowed=allowed, new=new)
        place = (rng.random((len(shares), 1)) > shares.cumsum(axis=1)).sum(axis=1)
        # Shares may add up to a little less than 1.
        last = shares.shape[1] - 1 - (shares[:, ::-1] > 0).argmax(axis=1)
        return np.minimum(place, last), shares

    arm, shares = drawn(policy.rule)
    shadows = {by.name: drawn(by) for by in policy.shadows}
    chance = expit(seen.odds)
    expected = chance * value - cost
    best = np.where(allowed, expected, -np.inf).argsort(axis=1)[:, ::-1]
    low, high = _interval(seen, arm, value, cost)
    columns = {
        "chance": np.round(chance[:, :-1], 6).tolist(),
        "expected_profit_usd": np.round(expected, 4).tolist(),
        "probability": shares.tolist(),
        "rank": (best.argsort(axis=1) + 1).tolist(),
    }
    of_all = {
        "campaign_type": [kind for kind, _ in policy.arms] + [None],
        "campaign_channel": [channel for _, channel in policy.arms] + [None],
        "value_usd": value.tolist(),
        "cost_usd": cost.tolist(),
    }
    return [
        Choice(
            arm=int(arm[n]) if arm[n] < len(policy.arms) else None,
            probability=float(shares[n, arm[n]]),
            expected=float(expected[n, arm[n]]),
            low=float(low[n]),
            high=float(high[n]),
            reason=_reason(int(arm[n]), int(best[n, 0]), stages[n]),
            candidates={
                **of_all,
                **{name: column[n] for name, column in columns.items()},
                "stage": stages[n] + [""],
                "shadows": {
                    name: {"candidate": int(chosen[n]), "probability": float(of[n, chosen[n]])}
                    for name, (chosen, of) in shadows.items()
                },
            },
        )
        for n in range(len(customers))
    ]


def _interval(
    seen: Seen, arm: npt.NDArray[np.int64], value: FloatArray, cost: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the 95 % interval of the profit to expect of the chosen arms."""
    rows = np.arange(len(arm)), arm
    odds, wide = seen.odds[rows], Z * seen.deviation[rows]
    low, high = (expit(odds + side * wide) * value[arm] - cost[arm] for side in (-1, 1))
    return np.minimum(low, high), np.maximum(low, high)


def _reason(arm: int, best: int, stages: Sequence[str]) -> str:
    if arm < len(stages):
        return "best" if arm == best else "explored"
    if "" in stages:
        return "no_gain"
    return max(stages, key=STAGES.index)
