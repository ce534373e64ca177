"""A published list as it may be used now: permissions are those of this moment, and nobody is named twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from bank_marketing.errors import UserError
from bank_marketing.serving.export_log import Export
from bank_marketing.serving.lists import PublishedList
from bank_marketing.serving.permissions import forbidden_rows, reference_folder
from bank_marketing.serving.published import ANEW, LACKING
from bank_marketing.serving.withdrawals import withdrawals


@dataclass(frozen=True)
class CurrentList:
    """What is about to be exported, as the temporary table ``exported`` of a connection.

    Attributes
    ----------
    publication : int
        The publication that the list is of.
    customers : list of int
        Their numbers.
    valid_until : date or None
        Last day on which it holds; None for an empty list.
    forbidden, just_exported : int
        Customers left out, since they may no longer be contacted, or were exported from an earlier list when
        this one was already being made.
    lookups : list of Path
        What was read for that beside the published file.
    """

    publication: int
    customers: list[int]
    valid_until: date | None
    forbidden: int
    just_exported: int
    lookups: list[Path]


def current_list(
    connection: duckdb.DuckDBPyConnection,
    published: PublishedList,
    warehouse: Path,
    exports: Sequence[Export],
    today: date,
) -> CurrentList:
    """Make the table ``exported``.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        With the published file attached as ``warehouse``.
    published : PublishedList
        The list.
    warehouse : Path
        The published file; only read.
    exports : sequence of Export
        What was exported before.
    today : date
        The day.

    Returns
    -------
    CurrentList
        What it holds.

    Raises
    ------
    UserError
        If the published file has no such list, or a lookup or the log of decisions can't be read.
    """
    try:
        publication, valid_until = connection.execute(
            f"select (select max(version) from warehouse.operations.publications"
            f" where list_contains(string_split(domains_built, ', '), $domain)), min(valid_until)"
            f" from warehouse.{published.path}",
            {"domain": published.domain},
        ).fetchall()[0]
        forbidden, lookups = forbidden_rows(connection, published, reference_folder(warehouse), today)
        for customer, channel in withdrawals(warehouse) if published.domain == "campaigns" else ():
            connection.execute(
                "insert into permissions values ($customer, $purpose, lower(trim($channel)), false, null)",
                {
                    "customer": customer,
                    "purpose": "contact" if channel == "all" else "marketing",
                    "channel": channel,
                },
            )
        known = {row[0] for row in _known_exports(connection)}
        just_exported = {
            customer
            for export in exports
            if export.list_name == published.name
            and export.publication != publication
            and export.export_id not in known
            for customer in export.customers
        }
        connection.execute(
            "create temp table just_exported as select unnest($customers) as customer",
            {"customers": list(just_exported)},
        )
        connection.execute(
            f"create temp table judged as select *, ({forbidden}) as is_forbidden,"
            f" {published.key} in (select customer from just_exported) as is_just_exported"
            f" from warehouse.{published.path}",
            {"today": today},
        )
    except LACKING as error:
        reason = str(error).splitlines()[0]
        raise UserError(f"{warehouse}: no {published.name} is published there ({reason}). {ANEW}") from error
    connection.execute(
        "create temp table exported as select * exclude (is_forbidden, is_just_exported) from judged"
        f" where not is_forbidden and not is_just_exported order by {published.rank}, {published.key}"
    )
    counts = connection.execute(
        "select count(*) filter (where is_forbidden),"
        " count(*) filter (where is_just_exported and not is_forbidden) from judged"
    ).fetchall()[0]
    customers = connection.execute(f"select {published.key} from exported").fetchall()
    return CurrentList(publication, [row[0] for row in customers], valid_until, counts[0], counts[1], lookups)


def _known_exports(connection: duckdb.DuckDBPyConnection) -> list[tuple[str]]:
    """Return the exports that the build of a published file knew; none of an earlier release."""
    try:
        return connection.execute("select export_id from warehouse.operations.exports").fetchall()
    except duckdb.CatalogException:
        return []
