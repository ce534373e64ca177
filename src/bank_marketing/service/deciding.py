"""What a request writes: a decision, by what is known of the customer and earlier contacts, or an outcome."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

import numpy as np
from sqlalchemy import Connection, select

from bank_marketing.service.belief import Belief
from bank_marketing.service.choosing import Choice, Customer, choose
from bank_marketing.service.errors import RefusedError
from bank_marketing.service.history import history
from bank_marketing.service.outcomes import Report, end_of_wait, record
from bank_marketing.service.publication import POPULATION, Publication
from bank_marketing.service.rules import Rules
from bank_marketing.service.schema import DECISIONS
from bank_marketing.service.statements import as_json, inserting

_ADD = inserting(DECISIONS)
_ANSWERED = [column for column in DECISIONS.c if column.name not in ("position", "candidates", "traits")]


@dataclass(frozen=True)
class Ask:
    """A request for a decision.

    Parameters
    ----------
    customer_id : int or None
        Whom to decide for.
    context : mapping of str to float or None
        Numbers of somebody whom the publication doesn't know.
    channels : set of str or None
        Channels that can be used now; None for all.
    idempotency_key : str or None
        With it a request decides once.
    """

    customer_id: int | None = None
    context: Mapping[str, float | None] = field(default_factory=dict)
    channels: frozenset[str] | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True)
class State:
    """What decisions are made by at one moment: of one publication, never of two."""

    publication: Publication
    belief: Belief


class Desk:
    """Answers requests within the writer's transactions.

    Parameters
    ----------
    state : callable
        Returns what to decide by; asked once a batch.
    rules : Rules
        Of contact.
    clock : callable
        Returns the moment in UTC, without a zone.
    rng : numpy.random.Generator
        For draws and names of decisions.
    """

    def __init__(
        self,
        state: Callable[[], State],
        rules: Rules,
        clock: Callable[[], datetime],
        rng: np.random.Generator,
    ) -> None:
        self._state, self._rules, self._clock, self._rng = state, rules, clock, rng
        self._names = Random(rng.bytes(32))  # noqa: S311

    def handle(self, connection: Connection, requests: Sequence[Ask | Report]) -> list[Any]:
        """Answer a batch: outcomes first, so that a withdrawal holds for the decisions beside it.

        Parameters
        ----------
        connection : sqlalchemy.Connection
            Of a transaction that alone writes.
        requests : sequence of Ask or Report
            In their order.

        Returns
        -------
        list
            For an ask the row of its decision, JSON in it as text (left out where a request is repeated), for
            a report the place that it has in the log, or a `RefusedError`.
        """
        now = self._clock()
        answers: list[Any] = [None] * len(requests)
        reports = {n: request for n, request in enumerate(requests) if isinstance(request, Report)}
        if reports:
            recorded = record(connection, list(reports.values()), now)
            for place, answer in zip(reports, recorded, strict=True):
                answers[place] = answer
        state = self._state()
        waiting = {n: request for n, request in enumerate(requests) if isinstance(request, Ask)}
        while waiting:
            # A customer who is asked for twice gets the second decision after the first.
            turn: dict[int | str, int] = {}
            for n, ask in waiting.items():
                turn.setdefault(f"unknown {n}" if ask.customer_id is None else ask.customer_id, n)
            asks = {n: waiting.pop(n) for n in turn.values()}
            for n, answer in zip(
                asks,
                self._decide(connection, list(asks.values()), state, now, is_last=not waiting),
                strict=True,
            ):
                answers[n] = answer
        return answers

    def tick(self, connection: Connection) -> None:
        """Write what time alone brings: silence that has become an answer."""
        end_of_wait(connection, self._clock())

    def _decide(
        self, connection: Connection, asks: Sequence[Ask], state: State, now: datetime, *, is_last: bool
    ) -> list[Any]:
        numbers = [ask.customer_id for ask in asks if ask.customer_id is not None]
        contacts, withdrawn = history(connection, numbers, now, self._rules) if numbers else ({}, {})
        answers: list[Any] = [_known(ask, state.publication) for ask in asks]
        for n, answer in enumerate(answers):
            # What was decided once holds, whatever the publication knows by now.
            if isinstance(answer, RefusedError) and asks[n].idempotency_key:
                answers[n] = _repeated(connection, asks[n]) or answer
        known = [n for n, answer in enumerate(answers) if isinstance(answer, tuple)]
        customers = [
            Customer(
                number := asks[n].customer_id,
                answers[n],
                contacts.get(number, ()) if number is not None else (),
                frozenset(withdrawn.get(number, ()) if number is not None else ()),
                asks[n].channels,
            )
            for n in known
        ]
        if not customers:
            return answers
        chosen = choose(customers, state.publication, state.belief, self._rules, now, self._rng)
        rows = [
            self._row(asks[n], customer, choice, state, now)
            for n, customer, choice in zip(known, customers, chosen, strict=True)
        ]
        # A key may have been used before; what it decided then is read after.
        is_last = is_last and not any(row["idempotency_key"] for row in rows)
        new = {decision_id for (decision_id,) in _ADD.run_each(connection, rows, is_last=is_last)}
        for n, row in zip(known, rows, strict=True):
            answers[n] = row if row["decision_id"] in new else _repeated(connection, asks[n])
        return answers

    def _row(
        self, ask: Ask, customer: Customer, choice: Choice, state: State, now: datetime
    ) -> dict[str, Any]:
        policy = state.publication.policy
        design = policy.start.design
        kind, channel = (None, None) if choice.arm is None else policy.arms[choice.arm]
        until = (None, None) if channel is None else self._rules.waits(channel, now)
        traits = [None if math.isnan(value) else value for value in customer.known]
        return {
            "decision_id": f"{self._names.getrandbits(128):032x}",
            "idempotency_key": ask.idempotency_key,
            "population": POPULATION,
            "customer_id": ask.customer_id,
            "decided_at": now,
            "campaign_type": kind,
            "campaign_channel": channel,
            "probability": choice.probability,
            "expected_profit_usd": choice.expected,
            "expected_profit_usd_low": choice.low,
            "expected_profit_usd_high": choice.high,
            "reason": choice.reason,
            "candidates": choice.candidates,
            "traits": as_json(dict(zip(design.numbers, traits, strict=True))),
            "publication": state.publication.number,
            "policy": policy.rule.name,
            "model_version": policy.version,
            "rules_version": self._rules.version,
            "learned_through": state.belief.learned_through,
            "answer_until": until[0],
            "correction_until": until[1],
        }


def _known(ask: Ask, publication: Publication) -> tuple[float, ...] | RefusedError:
    """Return the numbers that the policy may know of a customer."""
    channels = publication.policy.start.design.channels
    if ask.channels and (unknown := sorted(ask.channels.difference(channels))):
        return RefusedError(
            400, "unknown_channel", f"Unknown channels {unknown}, expected some of {list(channels)}."
        )
    if ask.customer_id is not None and ask.customer_id in publication.known:
        return publication.known[ask.customer_id]
    if not ask.context:
        return RefusedError(
            404,
            "unknown_customer",
            f"Publication {publication.number} knows no customer {ask.customer_id}; send a context.",
        )
    values = (ask.context.get(name) for name in publication.policy.start.design.numbers)
    return tuple(np.nan if value is None else float(value) for value in values)


def _repeated(connection: Connection, ask: Ask) -> dict[str, Any] | RefusedError | None:
    """Return the decision that an idempotency key was used for; None if there is none."""
    found = connection.execute(
        select(*_ANSWERED).where(DECISIONS.c.idempotency_key == ask.idempotency_key)
    ).mappings()
    if (row := found.one_or_none()) is None:
        return None
    if row["customer_id"] != ask.customer_id:
        return RefusedError(
            409, "key_reused", "That idempotency_key was used for another customer. Use a new one."
        )
    return dict(row)
