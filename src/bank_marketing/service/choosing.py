"""Which campaign each of some customers gets: what the rules leave, and what the policy draws of it."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt

from bank_marketing.service.belief import Belief
from bank_marketing.service.offer import left
from bank_marketing.service.publication import Contact, Publication
from bank_marketing.service.published_policy import Rule
from bank_marketing.service.rules import Rules

FloatArray = npt.NDArray[np.float64]

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
        A stage of what was asked for if nothing was left, else 'no_gain', 'best' or 'explored'.
    candidates : str
        As `Offer.text` writes them.
    """

    arm: int | None
    probability: float
    expected: float
    low: float
    high: float
    reason: str
    candidates: str


def fallen(customer: Customer, publication: Publication, rules: Rules, now: datetime) -> tuple[str, ...]:
    """Return for each channel of the design the stage where it falls, empty where it doesn't.

    Parameters
    ----------
    customer, publication, rules
        Of the decision.
    now : datetime.datetime
        UTC, without a zone.

    Returns
    -------
    tuple of str
        `STAGES` or empty.
    """
    number = customer.number
    contacts = [*customer.contacts, *publication.contacts.get(number, ())] if number is not None else []
    profiling = "profiling" if number is not None and publication.objects(number) else ""
    later = _pause(number, contacts, publication, rules, now)
    return tuple(
        profiling
        or _no_permission(customer, channel, publication, rules)
        or later
        or rules.channel_reason(channel, contacts, now)
        or ("not_asked_for" if customer.channels is not None and channel not in customer.channels else "")
        for channel in publication.policy.start.design.channels
    )


def _no_permission(customer: Customer, channel: str, publication: Publication, rules: Rules) -> str:
    if customer.withdrawn and not customer.withdrawn.isdisjoint(("all", channel)):
        return "withdrawn"
    number = customer.number
    if number is not None and channel in publication.forbidden.get(number, ()):
        return "not_permitted"
    if channel in rules.consent_channels:
        given: set[Any] = {(number, "all"), (number, channel.lower())}
        return "no_consent" if publication.consenting.isdisjoint(given) else ""
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
    offer, seen, new = policy.offer, belief.of(_own(customers, publication)), policy.new_arms(belief.outcomes)
    value, cost = offer.value, offer.cost
    lefts = [left(fallen(customer, publication, rules, now), offer.lacking) for customer in customers]
    allowed = np.array([one.allowed for one in lefts])

    profit = seen.chance * value - cost
    ranked = np.where(allowed, profit, -np.inf)

    def drawn(by: Rule) -> tuple[list[int], list[list[float]]]:
        shares = by.probabilities(seen, rng, offer=offer, profit=ranked, allowed=allowed, new=new).tolist()
        return list(map(_drawn, shares, rng.random(len(shares)).tolist())), shares

    arm, shares = drawn(policy.rule)
    shadows = {by.name: drawn(by) for by in policy.shadows}
    best = ranked.argsort(axis=1)[:, ::-1]
    chance, expected, rank = seen.chance.tolist(), profit.tolist(), (best.argsort(axis=1) + 1).tolist()
    choices = []
    for n, chosen in enumerate(arm):
        low, high = _interval(*seen.odds_of(n, chosen), float(value[chosen]), float(cost[chosen]))
        others = {
            name: {"candidate": other[n], "probability": of[n][other[n]]}
            for name, (other, of) in shadows.items()
        }
        choices.append(
            Choice(
                arm=chosen if chosen < len(policy.arms) else None,
                probability=shares[n][chosen],
                expected=expected[n][chosen],
                low=low,
                high=high,
                reason=_reason(chosen, int(best[n, 0]), lefts[n].stages, _asked(customers[n], policy.arms)),
                candidates=offer.text(chance[n], expected[n], shares[n], rank[n], lefts[n].text, others),
            )
        )
    return choices


def _drawn(shares: Sequence[float], at: float) -> int:
    """Return the arm at a place from 0 to 1 of the shares."""
    place = bisect_right(list(accumulate(shares)), at)
    # Shares may add up to a little less than 1.
    return place if place < len(shares) else max(n for n, share in enumerate(shares) if share > 0)


def _own(customers: Sequence[Customer], publication: Publication) -> FloatArray:
    """Return `Design.own` of customers, which the publication has of those whom it knows."""
    design = publication.policy.start.design
    return np.array(
        [
            publication.own[number]
            if (number := customer.number) is not None and customer.known is publication.known.get(number)
            else design.own(np.array([customer.known], dtype=float))[0]
            for customer in customers
        ]
    )


def _interval(odds: float, deviation: float, value: float, cost: float) -> tuple[float, float]:
    """Return the 95 % interval of the profit to expect of an arm."""
    wide = Z * deviation
    # Beyond these odds a chance is 0 or 1, and its exponential overflows.
    low, high = (1 / (1 + math.exp(-min(max(end, -700.0), 700.0))) for end in (odds - wide, odds + wide))
    ends = low * value - cost, high * value - cost
    return min(ends), max(ends)


def _asked(customer: Customer, arms: Sequence[tuple[str, str]]) -> list[int] | range:
    """Return the arms by channels that were asked for; all if there is none."""
    if not customer.channels:
        return range(len(arms))
    return [n for n, (_, channel) in enumerate(arms) if channel in customer.channels]


def _reason(arm: int, best: int, stages: Sequence[str], asked: Sequence[int]) -> str:
    if arm < len(stages) or "" in stages:
        # A draw may also be no contact, though a campaign is expected to be worth its cost.
        return "explored" if arm != best else "best" if arm < len(stages) else "no_gain"
    return max((stages[n] for n in asked), key=STAGES.index)
