"""Who of the scored customers may be contacted, by the do-not-contact lookups of the published file."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import duckdb
import pandas as pd


def blocked_customers(connection: duckdb.DuckDBPyConnection, domain: str, today: date) -> set[int] | None:
    """Return who may not be contacted.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        With the published file attached as ``warehouse``.
    domain : str
        The domain whose customers are meant.
    today : date
        Day on which an entry has to hold.

    Returns
    -------
    set of int or None
        Numbers of customers; None if the file was published before it named them.
    """
    try:
        rows = connection.execute(
            "select subject_id from warehouse.operations.contact_suppressions"
            " where domain = $domain and (until_date is null or until_date >= $today)",
            {"domain": domain, "today": today},
        ).fetchall()
    except duckdb.CatalogException:
        return None
    return {subject for (subject,) in rows}


def may_be_contacted(keys: pd.Series, blocked: Collection[int] | None) -> tuple[pd.Series, list[str]]:
    """Tell for each customer whether nothing forbids to contact them.

    Parameters
    ----------
    keys : pandas.Series
        The customers' numbers.
    blocked : collection of int or None
        What `blocked_customers` returned.

    Returns
    -------
    may_be_contacted : pandas.Series of bool
        As long as `keys`; null throughout if it isn't known.
    said : list of str
        How many may not be, if any, or why it isn't known.
    """
    if blocked is None:
        unknown = pd.Series(pd.NA, index=keys.index, dtype="boolean")
        return unknown, [
            "may_be_contacted is empty: the file was published by an earlier release, which doesn't name"
            " who may not be contacted. Build it anew: make build"
        ]
    may_be = ~keys.isin(blocked).astype("boolean")
    count = int((~may_be).sum())
    if not count:
        return may_be, []
    return may_be, [
        f"{count:,} row{'s' if count > 1 else ''}: may not be contacted (may_be_contacted is False)"
    ]
