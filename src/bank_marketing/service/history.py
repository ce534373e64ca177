"""What the log knows of customers who are decided for: earlier contacts, and what they withdrew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    ColumnElement,
    Connection,
    Table,
    any_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from bank_marketing.service.publication import Contact
from bank_marketing.service.rules import Rules
from bank_marketing.service.schema import DECISIONS, OUTCOMES
from bank_marketing.service.statements import Statement, as_json

_UNDELIVERED = exists().where(
    OUTCOMES.c.decision_id == DECISIONS.c.decision_id, OUTCOMES.c.outcome == "not_delivered"
)


def _history(dialect: str) -> Any:
    return union_all(
        select(
            DECISIONS.c.customer_id,
            DECISIONS.c.campaign_channel,
            DECISIONS.c.decided_at,
            literal_column("'contact'"),
        ).where(
            _is_asked_for(DECISIONS, dialect),
            DECISIONS.c.decided_at > bindparam("since", type_=DECISIONS.c.decided_at.type),
            DECISIONS.c.campaign_channel.is_not(None),
            ~_UNDELIVERED,
        ),
        select(
            OUTCOMES.c.customer_id, OUTCOMES.c.campaign_channel, OUTCOMES.c.recorded_at, OUTCOMES.c.outcome
        ).where(
            _is_asked_for(OUTCOMES, dialect),
            or_(OUTCOMES.c.place == "withdrawal", OUTCOMES.c.place == "complaint"),
        ),
    )


def _is_asked_for(table: Table, dialect: str) -> ColumnElement[bool]:
    """Compare with a parameter that holds all customers, so that the statement is the same for any number."""
    if dialect == "sqlite":
        numbers = func.json_each(bindparam("customers", type_=JSON)).table_valued("value")
        return table.c.customer_id.in_(select(numbers.c.value))
    return table.c.customer_id == any_(bindparam("customers", type_=ARRAY(BigInteger)))


_HISTORY = Statement(_history)


def history(
    connection: Connection, customers: Sequence[int], now: datetime, rules: Rules
) -> tuple[dict[int, list[Contact]], dict[int, set[str]]]:
    """Return earlier contacts of customers, and the channels that they withdrew.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        To the log.
    customers : sequence of int
        Their numbers.
    now : datetime.datetime
        UTC, without a zone.
    rules : Rules
        How far back to look.

    Returns
    -------
    contacts : dict of int to list of tuple
        Moment and channel; what wasn't delivered is no contact.
    withdrawn : dict of int to set of str
        Whoever complained withdrew all channels.
    """
    since = now - timedelta(days=rules.days_looked_back)
    is_sqlite = connection.dialect.name == "sqlite"
    given = {"customers": as_json(customers) if is_sqlite else customers, "since": since}
    contacts: dict[int, list[Contact]] = {}
    withdrawn: dict[int, set[str]] = {}
    for customer, channel, at, what in _HISTORY.run(connection, given):
        if what == "contact":
            contacts.setdefault(customer, []).append((at, channel))
        else:
            withdrawn.setdefault(customer, set()).add("all" if what == "complained" else channel)
    return contacts, withdrawn
