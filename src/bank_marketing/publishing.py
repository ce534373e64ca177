"""Plan what a finished dbt build publishes; the macro `publish` runs the plan.

The rules stand in docs/decisions/0003-publishing.md. A plan is a list of SQL statements over three
catalogues: the working file (dbt's own, the default catalogue), `published` (the file that readers see now)
and `publication` (the file that is about to take its place).
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from bank_marketing.project import HOUSES, SHARED_HOUSES
from bank_marketing.sql_text import sql_text

PASSED = {"success", "pass", "warn", "no-op"}
COMMIT = "commit"


@dataclass(frozen=True)
class Table:
    """A public table: its place and what is said about it.

    Parameters
    ----------
    schema, name : str
        Where the table stands; the schema is its house.
    description : str
        Comment on the table.
    columns : dict of str to str
        Comment by column.
    """

    schema: str
    name: str
    description: str
    columns: dict[str, str]

    @property
    def path(self) -> str:
        """Schema and name, as SQL wants them."""
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True)
class Decision:
    """Which houses a build may publish, and why not the others.

    Parameters
    ----------
    houses : tuple of str
        Houses that this run built and tested whole.
    reason : str
        A sentence for the user.
    """

    houses: tuple[str, ...]
    reason: str


def decide(nodes: Sequence[dict[str, Any]], results: Sequence[dict[str, str]]) -> Decision:
    """Decide which houses a finished build may publish.

    Parameters
    ----------
    nodes : sequence of dict
        dbt's models, seeds, snapshots and tests: unique_id, house (None for a test), depends_on (unique ids).
    results : sequence of dict
        What this run did: unique_id and status.

    Returns
    -------
    Decision
        The houses to publish (none after any failure) and the reason.
    """
    bad = [r["unique_id"].split(".")[2] for r in results if r["status"] not in PASSED]
    if bad:
        return Decision((), f"Not published, since {len(bad)} steps failed or were skipped: {_some(bad)}.")
    passed = {r["unique_id"] for r in results}
    house_of = {node["unique_id"]: node["house"] for node in nodes if node["house"]}

    def missing(house: str) -> list[str]:
        """Name what belongs to a house, its tests too, and wasn't built."""
        return [
            node["unique_id"].split(".")[2]
            for node in nodes
            if node["unique_id"] not in passed
            and house in ({node["house"]} if node["house"] else {house_of.get(p) for p in node["depends_on"]})
        ]

    absent = [name for house in SHARED_HOUSES for name in missing(house)]
    if absent:
        return Decision(
            (),
            "Not published: this run left out tables that all houses share "
            f"({_some(absent)}). Select a house with all after it: dbt build -s churn+",
        )
    left_out = {house: missing(house) for house in HOUSES}
    whole = tuple(house for house in HOUSES if not left_out[house] and house in house_of.values())
    if not whole:
        what = "; ".join(f"{house}: {_some(names)}" for house, names in left_out.items() if names)
        return Decision((), f"Not published, since no house was built and tested whole. Left out of {what}.")
    return Decision(whole, f"Published {', '.join(whole)}.")


def plan(request: dict[str, Any]) -> list[str]:
    """Return the statements that publish a finished build, or none.

    Parameters
    ----------
    request : dict
        nodes, results (see `decide`), tables (schema, name, description, columns of every public model),
        published (path of the file), commit and dbt_version.

    Returns
    -------
    list of str
        First a sentence for the user, then SQL statements; `commit` marks where a transaction ends.
    """
    decision = decide(request["nodes"], request["results"])
    if not decision.houses:
        return [decision.reason]
    published = Path(request["published"])
    unfinished = published.with_name(published.name + ".unfinished")
    old = read_published(published)
    tables = [Table(**table) for table in request["tables"]]
    kept_houses = [h for h in HOUSES if h not in decision.houses and any(t.schema == h for t in old)]

    statements = [
        f"select delete_file({sql_text(str(unfinished))})",
        f"attach {sql_text(str(unfinished))} as publication (storage_version 'v1.2.0')",
    ]
    if old:
        statements.append(f"attach {sql_text(str(published))} as published (read_only)")
    statements.append(COMMIT)
    new = [t for t in tables if t.schema in decision.houses] + [t for t in old if t.schema in kept_houses]
    shared = [t for t in tables if t.schema in SHARED_HOUSES and t.name != "publications"]
    for schema in sorted({t.schema for t in new} | set(SHARED_HOUSES)):
        statements.append(f"create schema publication.{schema}")
    for table in new:
        source = "published." if table.schema in kept_houses else ""
        statements.append(f"create table publication.{table.path} as select * from {source}{table.path}")
    for table in shared:
        statements += _shared_table(
            table, decision.houses, next((t for t in old if t.path == table.path), None)
        )
    statements += _publications(tables, new + shared, decision.houses, kept_houses, request)
    for table in [*new, *(t for t in tables if t.schema in SHARED_HOUSES)]:
        statements.append(comments(table))
    statements += [COMMIT, "checkpoint publication", "detach publication"]
    if old:
        statements.append("detach published")
    statements.append(f"select replace_file({sql_text(str(unfinished))}, {sql_text(str(published))})")
    kept = f" Kept as last published: {', '.join(kept_houses)}." if kept_houses else ""
    return [f"{decision.reason}{kept} File: {published}", *statements]


def read_published(path: Path) -> list[Table]:
    """Return the tables of a published file with their comments.

    Parameters
    ----------
    path : Path
        The published file.

    Returns
    -------
    list of Table
        Empty if there is no such file.
    """
    if not path.is_file():
        return []
    with duckdb.connect() as connection:
        connection.execute(f"attach {sql_text(str(path))} as published (read_only)")
        rows = connection.execute(
            "select t.schema_name, t.table_name, coalesce(t.comment, ''),"
            " c.column_name, coalesce(c.comment, '')"
            " from duckdb_tables() as t"
            " inner join duckdb_columns() as c"
            " on c.database_name = t.database_name and c.schema_name = t.schema_name"
            " and c.table_name = t.table_name"
            " where t.database_name = 'published'"
            " order by t.schema_name, t.table_name, c.column_index"
        ).fetchall()
    tables: dict[tuple[str, str], Table] = {}
    for schema, name, description, column, comment in rows:
        tables.setdefault((schema, name), Table(schema, name, description, {})).columns[column] = comment
    return list(tables.values())


def _shared_table(table: Table, houses: Iterable[str], old: Table | None) -> list[str]:
    """Fill a shared table: rows of the houses now published are new, rows of the others as last published."""
    fresh = ", ".join(map(sql_text, houses))
    statements = [
        f"create table publication.{table.path} as select * from {table.path} where domain in ({fresh})"
    ]
    common = [column for column in table.columns if old and column in old.columns]
    if common:
        columns = ", ".join(common)
        statements.append(
            f"insert into publication.{table.path} by name"
            f" select {columns} from published.{table.path} where domain not in ({fresh})"
        )
    return statements


def _publications(
    tables: Sequence[Table],
    counted: Sequence[Table],
    houses: Sequence[str],
    kept: Sequence[str],
    request: dict[str, Any],
) -> list[str]:
    """Add this publication to the list of all, in the publication and in the working file's log."""
    table = next(t for t in tables if t.path == "operations.publications")
    counts = " union all ".join(
        f"select {sql_text(t.path)} as name, count(*) as rows from publication.{t.path}" for t in counted
    )
    # With the row that is about to be added.
    counts += f" union all select {sql_text(table.path)}, count(*) + 1 from publication.{table.path}"
    columns = ", ".join(table.columns)
    return [
        f"create table publication.{table.path} as select {columns} from operations_private.publication_log",
        f"insert into publication.{table.path} by name"
        f" select (select coalesce(max(version), 0) + 1 from operations_private.publication_log) as version,"
        f" current_timestamp at time zone 'UTC' as published_at,"
        f" {sql_text(request['commit'])} as git_commit, {sql_text(request['dbt_version'])} as dbt_version,"
        f" {sql_text(', '.join(houses))} as houses_built, {sql_text(', '.join(kept))} as houses_kept,"
        f" (select json_group_object(seed_name, fingerprint) from (select seed_name, fingerprint"
        f" from publication.operations.seed_loads where not is_refused order by 1)) as seed_fingerprints,"
        f" (select json_group_object(name, rows) from ({counts} order by 1)) as rows_by_table",
    ]


def comments(table: Table) -> str:
    """Say in the database what the project says about a table and its columns.

    All at once, since dbt takes longer to send and log a statement than DuckDB to run it, and there are a
    thousand of these.

    Parameters
    ----------
    table : Table
        The table, which stands in the publication.

    Returns
    -------
    str
        SQL, for one call.
    """
    statements = [f"comment on table publication.{table.path} is {sql_text(table.description.strip())}"]
    for column, description in table.columns.items():
        statements.append(
            f"comment on column publication.{table.path}.{column} is {sql_text(description.strip())}"
        )
    return ";\n".join(statements)


def publication_statements(request: str) -> list[str]:
    """Return `plan` of a request in JSON; registered as a SQL function.

    Parameters
    ----------
    request : str
        The request as JSON.

    Returns
    -------
    list of str
        See `plan`.
    """
    return plan(json.loads(request))


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
