"""What the log teaches: outcomes in their order, the same after every restart."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from bank_marketing.campaigns.known_outcomes import decision_key
from bank_marketing.campaigns.policy_design import Start
from bank_marketing.methods.bayesian_logistic import Posterior, correct, forget, update
from bank_marketing.service.belief import Belief
from bank_marketing.service.outcomes import NOES
from bank_marketing.service.published_policy import PublishedPolicy
from bank_marketing.service.schema import DECISIONS, LEARNED, OUTCOMES
from bank_marketing.service.statements import Statement

AT_ONCE = 1000

_LOG = Statement(
    lambda _dialect: (
        select(
            OUTCOMES.c.position,
            OUTCOMES.c.decision_id,
            OUTCOMES.c.place,
            OUTCOMES.c.outcome,
            DECISIONS.c.traits,
            DECISIONS.c.campaign_type,
            DECISIONS.c.campaign_channel,
        )
        .join(DECISIONS, OUTCOMES.c.decision_id == DECISIONS.c.decision_id)
        .where(OUTCOMES.c.position > bindparam("position", type_=OUTCOMES.c.position.type))
        .order_by(OUTCOMES.c.position)
        .limit(AT_ONCE)
    )
)


class Learner:
    """A posterior that follows the log.

    Parameters
    ----------
    policy : PublishedPolicy
        Where it starts, and how much it remembers.
    """

    def __init__(self, policy: PublishedPolicy) -> None:
        self.start, self._memory, self._known = policy.start, policy.memory, policy.known
        self.digest = start_digest(policy.start, self._memory, policy.known)
        self._arm = {arm: n for n, arm in enumerate(policy.start.design.arms)}
        self._forgotten = policy.start.forgotten
        self.posterior, self.position = policy.start.posterior, 0
        self.outcomes = dict.fromkeys(self._names(), 0)

    @property
    def belief(self) -> Belief:
        """What is believed now."""
        outcomes = np.array(list(self.outcomes.values()), dtype=float)
        return Belief(self.posterior, self.position, outcomes, self.start.design)

    def resume(self, connection: Connection) -> None:
        """Go on from what was kept of the same start; without that from the beginning of the log."""
        found = connection.execute(select(LEARNED).where(LEARNED.c.start == self.digest)).mappings().first()
        if found:
            terms = self.start.design.terms
            state = np.frombuffer(found["state"], dtype="<f8")
            self.posterior = Posterior(state[:terms].copy(), state[terms:].reshape(terms, terms).copy())
            self.position = found["position"]
            self.outcomes = {arm: found["outcomes"][arm] for arm in self.outcomes}

    def keep(self, connection: Connection, belief: Belief) -> None:
        """Keep what was learned, so that a restart needn't replay it; nothing older replaces it."""
        posterior = belief.posterior
        row = {
            "position": belief.learned_through,
            "outcomes": dict(zip(self.outcomes, belief.outcomes.tolist(), strict=True)),
            "state": np.concatenate([posterior.mean, posterior.root.ravel()]).astype("<f8").tobytes(),
        }
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        connection.execute(
            dialect.insert(LEARNED)
            .values(start=self.digest, **row)
            .on_conflict_do_update(
                index_elements=["start"], set_=row, where=LEARNED.c.position < belief.learned_through
            )
        )

    def learn(self, connection: Connection) -> int:
        """Learn the next outcomes of the log; return how many were read, fewer than `AT_ONCE` at its end."""
        rows = _LOG.run(connection, {"position": self.position})
        for position, decision_id, place, outcome, traits, *campaign in rows:
            if not self._is_known(decision_id, place):
                self._learn_one(place, outcome, traits, (campaign[0], campaign[1]))
            self.position = position
        return len(rows)

    def _is_known(self, decision_id: str, place: str) -> bool:
        """Tell whether the start has learned this; of a no that is corrected it may know the no alone."""
        known = self._known.get(decision_key(decision_id)) if self._known else None
        return known is not None and (place == "answer" or known)

    def _learn_one(
        self, place: str, outcome: str, traits: Mapping[str, Any], campaign: tuple[str, str]
    ) -> None:
        arm = self._arm.get(campaign)
        is_answer = place == "answer" and outcome in ("converted", *NOES)
        if arm is None or not (is_answer or place == "correction"):
            return
        design = self.start.design
        values = [traits.get(name) for name in design.numbers]
        known = np.array([[np.nan if value is None else value for value in values]], dtype=float)
        row = design.rows(known, np.array([arm]))[0]
        if place == "correction":
            self.posterior = correct(self.posterior, row)
            return
        self.outcomes["/".join(campaign)] += 1
        if self._memory:
            self.posterior = forget(self.posterior, self._forgotten, self._memory)
        self.posterior = update(self.posterior, row, np.array(float(outcome == "converted")))

    def _names(self) -> list[str]:
        return ["/".join(arm) for arm in self._arm]


def start_digest(start: Start, memory: float | None, known: Mapping[int, bool]) -> str:
    """Return what tells one start of learning from another."""
    digest = hashlib.sha256(json.dumps([start.design.to_json(), memory, sorted(known.items())]).encode())
    for array in (start.posterior.mean, start.posterior.root):
        digest.update(np.ascontiguousarray(array, dtype="<f8").tobytes())
    return digest.hexdigest()
