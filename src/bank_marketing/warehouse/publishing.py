"""Plan what a finished dbt build publishes; the macro `publish` runs the plan.

The rules stand in docs/decisions/0003-publishing.md. A plan is a list of SQL statements over three
catalogues: the working file (dbt's own, the default catalogue), `published` (the file that readers see now)
and `publication` (the file that is about to take its place).
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from bank_marketing.errors import UserError
from bank_marketing.project import DOMAINS, SHARED_DOMAINS
from bank_marketing.serving.published_file import publication_target
from bank_marketing.serving.published_key import published_key
from bank_marketing.sql_text import sql_text
from bank_marketing.subject_keys import fingerprint, key_in_use
from bank_marketing.warehouse.files import UNFINISHED, published_problem
from bank_marketing.warehouse.model_features import model_features
from bank_marketing.warehouse.republishing import note, staying, tokens

# Stands before a sentence that ends a build: an error in a function that SQL calls arrives as a traceback.
REFUSED = "Can't publish: "
PASSED = {"success", "pass", "warn", "no-op"}
COMMIT = "commit"
REPLACE = "select replace_file"
# Written while publishing, from the working file's logs and this publication.
WRITTEN_LAST = ("operations.publications", "operations.publication_files")
# A shared table whose rows are written while publishing, too, since compiled code is known only then.
MODEL_FEATURES = "evaluation.model_features"
# So these follow from no table of the working file.
WRITTEN = (*WRITTEN_LAST, MODEL_FEATURES)
# Ways to compress that the old storage version tries on every text for a sixth of the time of a publication;
# a dictionary leaves the file one percent larger.
DEAR_COMPRESSION = "fsst,zstd"


@dataclass(frozen=True)
class Table:
    """A public table: its place and what is said about it.

    Parameters
    ----------
    schema, name : str
        Where the table stands; the schema is its domain.
    description : str
        Comment on the table.
    columns : dict of str to str
        Comment by column.
    not_null : sequence of str
        Columns that hold no null.
    key : sequence of str
        Columns that tell the rows apart; empty where the description says it already.
    """

    schema: str
    name: str
    description: str
    columns: dict[str, str]
    not_null: Sequence[str] = ()
    key: Sequence[str] = ()

    @property
    def path(self) -> str:
        """Schema and name, as SQL wants them."""
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True)
class Decision:
    """Which domains a build may publish, and why not the others.

    Parameters
    ----------
    domains : tuple of str
        Domains that this run built and tested whole.
    reason : str
        A sentence for the user.
    """

    domains: tuple[str, ...]
    reason: str


def decide(nodes: Sequence[dict[str, Any]], results: Sequence[dict[str, str]]) -> Decision:
    """Decide which domains a finished build may publish.

    Parameters
    ----------
    nodes : sequence of dict
        dbt's models, seeds, snapshots and tests: unique_id, domain (None for a test), depends_on (unique
        ids).
    results : sequence of dict
        What this run did: unique_id and status.

    Returns
    -------
    Decision
        The domains to publish (none after any failure) and the reason.
    """
    bad = [r["unique_id"].split(".")[2] for r in results if r["status"] not in PASSED]
    if bad:
        return Decision((), f"Not published, since {len(bad)} steps failed or were skipped: {_some(bad)}.")
    passed = {r["unique_id"] for r in results}
    domain_of = {node["unique_id"]: node["domain"] for node in nodes if node["domain"]}

    def missing(domain: str) -> list[str]:
        """Name what belongs to a domain, its tests too, and wasn't built."""
        return [
            node["unique_id"].split(".")[2]
            for node in nodes
            if node["unique_id"] not in passed
            and domain
            in ({node["domain"]} if node["domain"] else {domain_of.get(p) for p in node["depends_on"]})
        ]

    absent = [name for domain in SHARED_DOMAINS for name in missing(domain)]
    if absent:
        return Decision(
            (),
            "Not published: this run left out tables that all domains share "
            f"({_some(absent)}). Select a domain with all after it: dbt build -s churn+",
        )
    left_out = {domain: missing(domain) for domain in DOMAINS}
    whole = tuple(domain for domain in DOMAINS if not left_out[domain] and domain in domain_of.values())
    if not whole:
        what = "; ".join(f"{domain}: {_some(names)}" for domain, names in left_out.items() if names)
        return Decision((), f"Not published, since no domain was built and tested whole. Left out of {what}.")
    return Decision(whole, f"Published {', '.join(whole)}.")


def plan(request: dict[str, Any]) -> list[str]:
    """Return the statements that publish a finished build, or none.

    Parameters
    ----------
    request : dict
        nodes, results (see `decide` and `model_features`), seeds (see there), tables (see `Table`; every
        public model), published (path of the file), commit, dbt_version, former (the macro
        `former_names`), tokens and loaded (see `republishing.tokens`), noted (what `republishing.note`
        noted last; empty to write all anew).

    Returns
    -------
    list of str
        First a sentence for the user, then SQL, several statements in one text; `commit` marks where a
        transaction ends.

    Raises
    ------
    UserError
        If the file that would be replaced can't be, or a table can't be made of old and new rows.
    """
    decision = decide(request["nodes"], request["results"])
    if not decision.domains:
        return [decision.reason]
    published = Path(request["published"])
    if problem := published_problem(published):
        raise UserError(problem)
    target = publication_target(published)
    unfinished = target.with_name(target.name + UNFINISHED)
    old = read_published(published)
    tables = [Table(**table) for table in request["tables"]]
    kept_domains = [d for d in DOMAINS if d not in decision.domains and any(t.schema == d for t in old)]

    # What isn't of this run follows from no token.
    is_whole = not kept_domains and set(DOMAINS) & {t.schema for t in tables} <= set(decision.domains)
    said = {t.path: asdict(t) for t in tables if is_whole and t.path not in WRITTEN}
    now = tokens(request, said)
    stay = staying(now, request["noted"], published) & {t.path for t in old}
    if stay:
        begun = f"select copy_file({sql_text(str(target))}, {sql_text(str(unfinished))})"
    else:
        begun = f"select delete_file({sql_text(str(unfinished))})"
    statements = [
        begun,
        f"attach {sql_text(str(unfinished))} as publication (storage_version 'v1.2.0')",
        f"set disabled_compression_methods = {sql_text(DEAR_COMPRESSION)}",
    ]
    if old:
        statements.append(f"attach {sql_text(str(published))} as published (read_only)")
    statements.append(COMMIT)
    new = [t for t in tables if t.schema in decision.domains] + [t for t in old if t.schema in kept_domains]
    new = [t for t in new if t.path not in stay]
    shared = [t for t in tables if t.schema in SHARED_DOMAINS and t.path not in {*WRITTEN_LAST, *stay}]
    carried = {t.path: _carried(t, old, request["former"]) for t in shared}
    if kept_domains:
        _refuse_another_key(published)
        _refuse_gaps(published, decision.domains, [(t, carried[t.path]) for t in shared])
    schemas = sorted({t.schema for t in new} | set(SHARED_DOMAINS))
    statements += [f"create schema if not exists publication.{schema}" for schema in schemas]
    if stay:
        statements += [f"drop table publication.{t.path}" for t in old if t.path not in stay]
    for table in new:
        source = "published." if table.schema in kept_domains else ""
        statements += _table(table, f"select * from {source}{table.path}")
    for table in shared:
        fresh = None
        if table.path == MODEL_FEATURES:
            fresh = _values(table, model_features(request["nodes"], request["seeds"], decision.domains))
        statements += _shared_table(table, decision.domains, carried[table.path], fresh)
    statements += _publications(tables, decision.domains, kept_domains, request)
    for table in [*new, *(t for t in tables if t.schema in SHARED_DOMAINS and t.path not in stay)]:
        statements.append(comments(table))
    statements += [
        COMMIT,
        "checkpoint publication",
        "detach publication",
        "reset disabled_compression_methods",
    ]
    # While the old file is attached, nobody can open it for writing.
    statements.append(f"{REPLACE}({sql_text(str(unfinished))}, {sql_text(str(published))})")
    if old:
        statements.append("detach published")
    statements.append(note(now, published))
    kept = f" Kept as last published: {', '.join(kept_domains)}." if kept_domains else ""
    return [f"{decision.reason}{kept} File: {published}", *_calls(statements)]


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
            " c.column_name, coalesce(c.comment, ''), c.is_nullable"
            " from duckdb_tables() as t"
            " inner join duckdb_columns() as c"
            " on c.database_name = t.database_name and c.schema_name = t.schema_name"
            " and c.table_name = t.table_name"
            " where t.database_name = 'published'"
            " order by t.schema_name, t.table_name, c.column_index"
        ).fetchall()
    tables: dict[tuple[str, str], Table] = {}
    not_null: dict[tuple[str, str], list[str]] = {}
    for schema, name, description, column, comment, is_nullable in rows:
        held = not_null.setdefault((schema, name), [])
        if not is_nullable:
            held.append(column)
        table = Table(schema, name, description, {}, held)
        tables.setdefault((schema, name), table).columns[column] = comment
    return list(tables.values())


@dataclass(frozen=True)
class Carried:
    """A shared table in the last publication.

    Parameters
    ----------
    path : str
        Its schema and name there.
    columns : dict of str to str
        By a column's name now, its name there; only columns that are in both.
    """

    path: str
    columns: dict[str, str]


def _carried(table: Table, old: Sequence[Table], former: dict[str, Any]) -> Carried | None:
    """Find a shared table in the last publication, by its name now or a former one."""
    by_path = {t.path: t for t in old}
    for path in (table.path, *former["tables"].get(table.path, [])):
        if path in by_path:
            names = {column: (column, *former["columns"].get(column, [])) for column in table.columns}
            held = by_path[path].columns
            return Carried(
                path, {c: next(n for n in names[c] if n in held) for c in names if held.keys() & names[c]}
            )
    return None


def _refuse_another_key(published: Path) -> None:
    """Raise if rows of a domain that is kept were hashed with another key than those built now."""
    with duckdb.connect() as connection:
        connection.execute(f"attach {sql_text(str(published))} as warehouse (read_only)")
        published_key(connection, published)


def _refuse_gaps(
    published: Path, domains: Sequence[str], shared: Iterable[tuple[Table, Carried | None]]
) -> None:
    """Raise if rows of a domain that is kept lack a column that may hold no null."""
    fresh = ", ".join(map(sql_text, domains))
    with duckdb.connect() as connection:
        connection.execute(f"attach {sql_text(str(published))} as published (read_only)")
        for table, carried in shared:
            if not carried:
                continue
            for column in table.not_null:
                is_gap = f"{carried.columns[column]} is null" if column in carried.columns else "true"
                kept = connection.execute(
                    f"select min(domain) from published.{carried.path}"
                    f" where domain not in ({fresh}) and {is_gap}"
                ).fetchall()[0][0]
                if kept:
                    raise UserError(
                        f"{published}: {table.path} needs {column}, which the rows of {kept} lack there."
                        " Build all domains once: dbt build"
                    )


def _calls(statements: Sequence[str]) -> list[str]:
    """Join statements, since dbt takes longer to send one than DuckDB to run it.

    What dbt itself does (a commit) or looks at (whether the file was replaced) stays alone.
    """
    calls: list[str] = []
    for statement in statements:
        is_alone = statement == COMMIT or statement.startswith(REPLACE)
        if is_alone or not calls or calls[-1] == COMMIT or calls[-1].startswith(REPLACE):
            calls.append(statement)
        else:
            calls[-1] += f";\n{statement}"
    return calls


def _table(table: Table, rows: str) -> list[str]:
    """Make a table of the publication from a query, with NOT NULL where it holds."""
    held = [
        f"alter table publication.{table.path} alter column {column} set not null"
        for column in table.not_null
    ]
    return [f"create table publication.{table.path} as {rows}", *([";\n".join(held)] if held else [])]


def _shared_table(
    table: Table, domains: Iterable[str], carried: Carried | None, rows: str | None = None
) -> list[str]:
    """Fill a shared table: rows of domains now published are new, rows of the others as last published."""
    fresh = ", ".join(map(sql_text, domains))
    create, *held = _table(table, rows or f"select * from {table.path} where domain in ({fresh})")
    columns = ", ".join(
        f"{found} as {column}" for column, found in (carried.columns if carried else {}).items()
    )
    if not carried or not columns:
        return [create, *held]
    kept = (
        f"insert into publication.{table.path} by name"
        f" select {columns} from published.{carried.path} where domain not in ({fresh})"
    )
    return [create, kept, *held]


def _values(table: Table, rows: Sequence[dict[str, str]]) -> str:
    """Return the query of rows of texts."""
    selects = [
        f"select {', '.join(f'{sql_text(row[name])} as {name}' for name in table.columns)}" for row in rows
    ]
    return " union all ".join(selects) or f"select * from {table.path} where false"


def _publications(
    tables: Sequence[Table], domains: Sequence[str], kept: Sequence[str], request: dict[str, Any]
) -> list[str]:
    """Add this publication and its files to the lists of all."""
    publications, files = (next(t for t in tables if t.path == path) for path in WRITTEN_LAST)
    logs = "operations_private.publication_log", "operations_private.publication_file_log"
    version = f"(select coalesce(max(version), 0) + 1 from {logs[0]})"
    return [
        *_table(
            publications,
            f"select {', '.join(publications.columns)} from {logs[0]} union all by name"
            f" select {version} as version, current_timestamp at time zone 'UTC' as published_at,"
            f" {sql_text(request['commit'])} as git_commit,"
            f" {sql_text(request['dbt_version'])} as dbt_version,"
            f" {sql_text(', '.join(domains))} as domains_built, {sql_text(', '.join(kept))} as domains_kept,"
            f" {sql_text(fingerprint(key_in_use()))} as key_fingerprint",
        ),
        *_table(
            files,
            f"select {', '.join(files.columns)} from {logs[1]} union all by name"
            f" select {version} as version, domain, seed_name, file, rows_read, rows_loaded, rows_rejected,"
            " fingerprint from publication.operations.seed_loads where not is_refused",
        ),
    ]


def comments(table: Table) -> str:
    """Say in the database what the project says about a table, its key and its columns.

    Parameters
    ----------
    table : Table
        The table, which stands in the publication.

    Returns
    -------
    str
        SQL, for one call.
    """
    key = f"\nKey: {', '.join(table.key)}." if table.key else ""
    said = sql_text(table.description.strip() + key)
    statements = [f"comment on table publication.{table.path} is {said}"]
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
        See `plan`; what can't be published raises there and is one text here, with `REFUSED` before it.
    """
    try:
        return plan(json.loads(request))
    except UserError as error:
        return [f"{REFUSED}{error}"]


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
