"""The policy of a publication: how arms are chosen, and where learning starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from bank_marketing.campaigns.known_outcomes import read_outcomes
from bank_marketing.campaigns.policy_design import Design, Start
from bank_marketing.methods.bayesian_logistic import Posterior
from bank_marketing.methods.new_arms import NewArms
from bank_marketing.methods.policies import DRAWS, Policy, shares_by_chances
from bank_marketing.service.belief import Seen
from bank_marketing.service.offer import Offer

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Rule:
    """How a policy chooses.

    Parameters
    ----------
    name : str
        As tables call it.
    policy : Policy or None
        By what is believed; None for fixed shares.
    shares : numpy.ndarray of shape (arms,) or None
        Chances of arms, whoever the customer is.
    is_first : bool
        Whether only the arm with the highest share that the customer may get is given.
    """

    name: str
    policy: Policy | None
    shares: FloatArray | None = None
    is_first: bool = False

    def probabilities(
        self,
        seen: Seen,
        rng: np.random.Generator,
        *,
        offer: Offer,
        profit: FloatArray,
        allowed: BoolArray,
        new: NewArms | None,
    ) -> FloatArray:
        """Return the chance of each arm, the last of which is no contact; see `methods.policies`.

        `profit` is that of the mode, -inf where an arm isn't allowed.
        """
        if self.policy and self.policy.rule == "greedy" and not new:
            return np.asarray(np.eye(profit.shape[1])[profit.argmax(axis=1)])
        if self.policy:
            chances = seen.chances_by(self.policy)
            amounts: tuple[npt.NDArray[Any], ...] = (offer.value, offer.cost)
            value, cost = offer.single if chances.dtype == np.float32 else amounts
            if new:
                chances = np.broadcast_to(chances, (len(chances), DRAWS, chances.shape[2]))
            return shares_by_chances(
                self.policy, chances, rng, value=value, cost=cost, allowed=allowed, new=new
            )
        # Whoever earns less than it costs by every arm isn't contacted.
        is_worth = (profit[:, :-1] > 0).any(axis=1)
        shares = np.append(np.zeros(0) if self.shares is None else self.shares, 0) * allowed
        if self.is_first:
            shares = shares * (shares == shares.max(axis=1, keepdims=True))
        total = shares.sum(axis=1)
        is_contact = is_worth & (total > 0)
        shares[is_contact] /= total[is_contact, None]
        shares[~is_contact] = np.eye(shares.shape[1])[-1]
        return np.asarray(shares)


@dataclass(frozen=True)
class PublishedPolicy:
    """How arms are chosen, and where learning starts.

    Parameters
    ----------
    rule : Rule
        The promoted one, which answers.
    version : int
        model_version.
    start : Start
        Design, prior and posterior of the fit.
    value, cost : numpy.ndarray of shape (arms,)
        What a conversion brings and a contact costs, in US dollars; nan for an arm that isn't offered.
    memory : float or None
        How many newest outcomes count; None for all.
    shadows : tuple of Rule
        Those that are logged and never answer.
    outcomes : numpy.ndarray of shape (arms,) or None
        How many are in the posterior, by arm; None if no arm is new.
    needed, largest_share : float
        Until so many outcomes an arm is new, and this share of customers may get it.
    known : mapping of int to bool
        Outcomes of decisions that are in the start, as `known_outcomes.read_outcomes` returns them.
    """

    rule: Rule
    version: int
    start: Start
    value: FloatArray
    cost: FloatArray
    memory: float | None = None
    shadows: tuple[Rule, ...] = ()
    outcomes: FloatArray | None = None
    needed: float = 0
    largest_share: float = 1
    known: Mapping[int, bool] = field(default_factory=dict)

    @cached_property
    def arms(self) -> list[tuple[str, str]]:
        """Type and channel of each arm."""
        return self.start.design.arms

    @cached_property
    def offer(self) -> Offer:
        """What there is to choose from."""
        is_offered = np.isfinite(self.value) & np.isfinite(self.cost)
        value, cost = (np.append(np.where(is_offered, amount, 0), 0) for amount in (self.value, self.cost))
        return Offer([*self.arms, (None, None)], is_offered.tolist(), value, cost)

    def new_arms(self, learned: FloatArray) -> NewArms | None:
        """Return what holds back arms that are new after so many more outcomes; None if none is."""
        if self.outcomes is None or (known := self.outcomes + learned).min() >= self.needed:
            return None
        return NewArms(
            np.append(known, np.inf),
            int(self.needed),
            self.largest_share,
            self.start.chance,
            has_no_contact=True,
        )


def from_artefact(artefact: Mapping[str, Any], version: int) -> PublishedPolicy:
    """Read what the fit `campaign_policies` left.

    Parameters
    ----------
    artefact : mapping
        As `campaigns.policy_fit` describes it.
    version : int
        model_version.

    Returns
    -------
    PublishedPolicy
    """
    stated = artefact["policy"]
    # Fixed shares know nobody; what to expect of an arm is still told by customer.
    has_context = stated["has_context"] or stated["rule"] in ("shares", "first", "uniform")
    start = artefact["with_context" if has_context else "without_context"]
    arms, new = artefact["arms"], artefact["new_actions"]
    alike = [one for one in artefact["candidates"] if one["has_context"] == has_context]
    return PublishedPolicy(
        rule=_rule(stated),
        version=version,
        start=Start(
            Design.from_json(start["design"]),
            Posterior(start["prior_mean"], start["prior_root"]),
            Posterior(start["mean"], start["root"]),
        ),
        value=np.array(arms["value_usd"], dtype=float),
        cost=np.array(arms["cost_usd"], dtype=float),
        memory=artefact["memory_decisions"],
        shadows=tuple(map(_rule, alike)),
        outcomes=np.array(arms["outcomes"], dtype=float) if new else None,
        needed=new.get("outcomes", 0),
        largest_share=new.get("largest_share", 1),
        known=read_outcomes(artefact["outcomes"]),
    )


def _rule(stated: Mapping[str, Any]) -> Rule:
    if stated["rule"] in ("shares", "first"):
        shares = np.array(stated["shares"], dtype=float)
        return Rule(stated["name"], None, shares, is_first=stated["rule"] == "first")
    given = {name: stated[name] for name in ("variance_factor", "epsilon") if name in stated}
    return Rule(stated["name"], Policy(stated["name"], stated["rule"], **given))
