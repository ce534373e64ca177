"""All that may be said of one customer, by one publication."""

from __future__ import annotations

from typing import Any

from bank_marketing.serving.lists import LISTS
from bank_marketing.serving.opened import Opened, Row
from bank_marketing.serving.populations import Population, Said


def customer_view(opened: Opened, population: Population, number: int) -> dict[str, Any] | None:
    """Return segments, scores, offers and the row of the list, with reasons fit to be said.

    Whoever objects to profiling has none of them. The list names whom it would name in an export made now.

    Parameters
    ----------
    opened : Opened
        The publication.
    population : Population
        Whose customer it is.
    number : int
        The customer's number.

    Returns
    -------
    dict of str to any or None
        None if the publication doesn't know the customer.

    Raises
    ------
    UserError
        If it lacks something, or nobody can tell who may not be contacted.
    """
    customers = f"warehouse.{population.domain}.{population.customers}"
    if not opened.rows(f"select 1 from {customers} where {population.key} = $n limit 1", {"n": number}):
        return None
    rules = opened.rules(population)
    objects = rules.objects(number)

    def said(what: Said | None) -> list[Row]:
        if what is None or objects:
            return []
        return opened.rows(
            f"select {', '.join(what.columns)} from warehouse.{population.domain}.{what.table}"
            f" where {population.key} = $n order by {what.columns[0]}",
            {"n": number},
        )

    return {
        "publication": opened.number,
        "population": population.population,
        "customer_id": number,
        "may_be_contacted": not objects and number not in rules.forbidden,
        "objects_to_profiling": objects,
        "segments": said(population.segments),
        "scores": said(population.scores),
        "offers": said(population.offers),
        "list": population.list_name or None,
        "list_row": None if objects else _list_row(opened, population, number),
    }


def _list_row(opened: Opened, population: Population, number: int) -> Row | None:
    if not population.list_name:
        return None
    _, rows = opened.list_rows(LISTS[population.list_name])
    return next((row for row in rows if row[population.key] == number), None)
