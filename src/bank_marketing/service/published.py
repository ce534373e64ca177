"""What routes about the publication share: the publication of an answer, and who has withdrawn meanwhile."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy import Connection, select

from bank_marketing.service.errors import RefusedError
from bank_marketing.service.outcomes import WITHDRAWALS
from bank_marketing.service.schema import OUTCOMES
from bank_marketing.serving.opened import Opened, Shelf


def opened(request: Request) -> Opened:
    """Return the publication that an answer is of."""
    shelf: Shelf | None = request.app.state.shelf
    if shelf is None:
        raise RefusedError(404, "not_published", "This service answers no questions about the publication.")
    return shelf.current()


Publication = Annotated[Opened, Depends(opened)]


def withdrawn(connection: Connection, customers: Collection[int] | None = None) -> dict[int, set[str | None]]:
    """Return the channels that outcomes of decisions have withdrawn.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        To the log.
    customers : collection of int, optional
        Whose; by default everybody's.

    Returns
    -------
    dict of int to set of str
        By customer; 'all' of whoever complained.
    """
    query = select(OUTCOMES.c.customer_id, OUTCOMES.c.campaign_channel, OUTCOMES.c.outcome).where(
        OUTCOMES.c.outcome.in_(WITHDRAWALS), OUTCOMES.c.customer_id.is_not(None)
    )
    if customers is not None:
        query = query.where(OUTCOMES.c.customer_id.in_(customers))
    found: dict[int, set[str | None]] = {}
    rows: Sequence[Any] = connection.execute(query).all()
    for customer, channel, outcome in rows:
        found.setdefault(customer, set()).add("all" if outcome == "complained" else channel)
    return found
